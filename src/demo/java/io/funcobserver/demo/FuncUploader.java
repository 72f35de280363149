package io.funcobserver.demo;

import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Uploads its own telemetry like a busy Func whose "Self-Observability Data Upload" is on: a request for each page of each
 * record, function calls in bodies of up to 100 points, gauges now and then; all with times in whole seconds.
 */
public final class FuncUploader implements AutoCloseable {
    private static final int CALLS_PER_REQUEST = 100;
    private static final int PAGE_CHARACTERS = 30_000;
    private static final int WORKERS = 4;
    private static final long GAUGE_SECONDS = 5;
    private static final long TASKS_MS = 50;

    private final UploadClient client;
    private final Tasks tasks;
    private final Random random;
    private final int tasksPerRound;
    private final List<String> calls = new ArrayList<>();
    private final AtomicLong given = new AtomicLong();
    private final AtomicLong points = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private final ScheduledExecutorService workers = Executors.newScheduledThreadPool(WORKERS, task -> {
        Thread thread = new Thread(task, "func-upload");
        thread.setDaemon(true);
        return thread;
    });

    /** @param url of the intake, as it stands in Func's settings */
    public FuncUploader(String url, int tasksPerSecond, long seed) {
        this.client = new UploadClient(url);
        this.random = new Random(seed);
        this.tasks = new Tasks(FuncSchema.V6, random, Clock.systemUTC());
        this.tasksPerRound = Math.max(1, (int) (tasksPerSecond * TASKS_MS / 1000 / WORKERS));
    }

    /** Begins to upload, until {@link #close()}. */
    public FuncUploader start() {
        for (int i = 0; i < WORKERS; i++) {
            // With a pause in any case: on a slow machine the gauges would wait for tasks that are late.
            workers.scheduleWithFixedDelay(this::finishTasks, 0, TASKS_MS, TimeUnit.MILLISECONDS);
        }
        workers.scheduleAtFixedRate(this::gauges, 0, GAUGE_SECONDS, TimeUnit.SECONDS);
        return this;
    }

    /** How many requests were not taken after three tries. */
    public long lost() {
        return lost.get();
    }

    /** How many points were in those that were taken. */
    public long points() {
        return points.get();
    }

    /** How many requests were taken. */
    public long taken() {
        return given.get();
    }

    private void finishTasks() {
        for (int i = 0; i < tasksPerRound && !Thread.interrupted(); i++) {
            Map<String, Object> row;
            boolean internal;
            String batch = null;
            synchronized (this) {
                internal = random.nextInt(4) == 0;
                row = internal ? tasks.internalTask() : tasks.funcCall();
                if (!internal) {
                    calls.add(call(row));
                    if (calls.size() == CALLS_PER_REQUEST) {
                        batch = String.join("", calls);
                        calls.clear();
                    }
                }
            }
            if (batch != null) {
                upload("metric", batch, CALLS_PER_REQUEST);
            }
            record(internal, row).forEach(page -> upload("logging", page, 1));
        }
    }

    private void upload(String category, String lines, long count) {
        try {
            if (client.upload(category, lines)) {
                given.incrementAndGet();
                points.addAndGet(count);
            } else {
                lost.incrementAndGet();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String call(Map<String, Object> row) {
        return "DFF_func_call" + funcTags(row) + " " + costs(row) + " " + nanos(row) + "\n";
    }

    private static String funcTags(Map<String, Object> row) {
        Map<String, Object> tags = new LinkedHashMap<>();
        tags.put("script_set_id", row.get("scriptSetId"));
        tags.put("script_id", row.get("scriptId"));
        tags.put("func_id", row.get("funcId"));
        tags.put("origin", row.get("origin"));
        tags.put("origin_id", row.get("originId"));
        tags.put("queue", row.get("queue"));
        tags.put("task_status", row.get("status"));
        StringBuilder text = new StringBuilder();
        tags.forEach((key, value) -> text.append(',').append(key).append('=').append(value));
        return text.toString();
    }

    private static String costs(Map<String, Object> row) {
        long trigger = number(row, "triggerTimeMs");
        long start = number(row, "startTimeMs");
        long end = number(row, "endTimeMs");
        return "wait_cost=" + Math.max(0, start - trigger) + "i,run_cost=" + (end - start) + "i,total_cost="
                + Math.max(0, end - trigger) + "i";
    }

    /** One line a page. */
    private static List<String> record(boolean internal, Map<String, Object> row) {
        String series = internal
                ? "DFF_task_record,name=" + row.get("name") + ",queue=" + row.get("queue") + ",task_status="
                        + row.get("status")
                : "DFF_task_record_func,name=Func.Runner" + funcTags(row);
        String log = text(row, "printLogsTEXT") + text(row, "tracebackTEXT");
        int pages = Math.max(1, (log.length() + PAGE_CHARACTERS - 1) / PAGE_CHARACTERS);
        List<String> lines = new ArrayList<>();
        for (int page = 0; page < pages; page++) {
            String message =
                    log.substring(page * PAGE_CHARACTERS, Math.min(log.length(), (page + 1) * PAGE_CHARACTERS));
            lines.add(series + ",id=" + row.get("id") + " message=\""
                    + message.replace("\\", "\\\\").replace("\"", "\\\"") + "\"," + costs(row)
                    + (pages == 1 ? "" : ",message_page_number=" + (page + 1) + "i,message_page_count=" + pages + "i")
                    + " " + (nanos(row) + page * 1000L) + "\n");
        }
        return lines;
    }

    private void gauges() {
        long now = System.currentTimeMillis() / 1000 * 1_000_000_000;
        StringBuilder metrics = new StringBuilder();
        for (int queue = 0; queue < 10; queue++) {
            metrics.append("DFF_worker_queue,queue=")
                    .append(queue)
                    .append(",redis_key=DataFluxFunc-worker#workerQueue@");
            metrics.append(queue)
                    .append(" length=")
                    .append(now / 1_000_000_000 % 7)
                    .append("i ")
                    .append(now)
                    .append('\n');
            metrics.append("DFF_delay_queue,queue=").append(queue).append(",redis_key=DataFluxFunc-worker#delayQueue@");
            metrics.append(queue).append(" length=0i ").append(now).append('\n');
        }
        metrics.append("DFF_cache_db,target=127.0.0.1:6379/5 keys=120i,used_memory=2000000i ")
                .append(now)
                .append('\n');
        metrics.append(
                "DFF_db_table,target=127.0.0.1:3306/dataflux_func,name=biz_main_func total_length=32768i,rows=12i ");
        metrics.append(now).append('\n');
        metrics.append("DFF_entity,entity=func count=12i ").append(now).append('\n');
        metrics.append("DFF_cron_job,bizMetric=cronJobTriggerCount trigger_count_per_day=288.0 ")
                .append(now)
                .append('\n');
        upload(
                "metric",
                metrics.toString(),
                metrics.chars().filter(c -> c == '\n').count());
        upload("logging", "DFF_service_info,name=worker,version=6.0.0 uptime=60i,message=\"\" " + now + "\n", 1);
    }

    private static long nanos(Map<String, Object> row) {
        return number(row, "triggerTimeMs") / 1000 * 1_000_000_000;
    }

    private static long number(Map<String, Object> row, String column) {
        return ((Number) row.get(column)).longValue();
    }

    private static String text(Map<String, Object> row, String column) {
        return row.get(column) == null ? "" : row.get(column).toString();
    }

    @Override
    public void close() {
        workers.shutdownNow();
        try {
            workers.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
