package io.funcobserver.testing;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import io.funcobserver.demo.UploadClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Funcs that upload one record after the other, each with the three tries of Func, and what became of them. */
public final class Uploads implements AutoCloseable {
    private final Set<String> given = ConcurrentHashMap.newKeySet();
    private final Set<String> answered = ConcurrentHashMap.newKeySet();
    private final ExecutorService clients = Executors.newCachedThreadPool();
    private volatile boolean stopping;

    /** Begins to upload, one client for each port. */
    public Uploads(int... ports) {
        for (int i = 0; i < ports.length; i++) {
            String name = "upload-" + i + "-";
            UploadClient client = new UploadClient("http://127.0.0.1:" + ports[i]);
            clients.submit(() -> {
                upload(name, client);
                return null;
            });
        }
    }

    private void upload(String name, UploadClient client) throws InterruptedException {
        for (int i = 0; !stopping; i++) {
            given.add(name + i);
            if (client.upload("logging", record(name + i))) {
                answered.add(name + i);
            }
            // A steady Func, not a load test; and whatever starts meanwhile needs the processor.
            Thread.sleep(20);
        }
    }

    /** The line that Func uploads for a task of this id. */
    public static String record(String id) {
        return "DFF_task_record,id=" + id + ",task_status=success message=\"\" 1700000000000000000";
    }

    /** Waits until so many more have been answered 200. */
    public void awaitMore(int uploads) {
        int before = answered.size();
        await().until(() -> answered.size() >= before + uploads);
    }

    /** Ends when what is under way is answered, or was tried three times. */
    public Uploads stop() throws InterruptedException {
        stopping = true;
        clients.shutdown();
        assertThat(clients.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        return this;
    }

    /** No record was refused three times, which is when Func gives it up. */
    public void assertNoneIsRefused() {
        assertThat(given).as("refused three times").isEqualTo(answered);
    }

    /** Waits until all that was answered 200 has arrived, none of it changed. */
    public void awaitArrival(Ledger ledger) {
        await().untilAsserted(() -> assertThat(answered).allMatch(id -> ledger.has("DFF_task_record", id)));
        assertThat(ledger.differing()).as("resent otherwise").isEmpty();
    }

    @Override
    public void close() {
        stopping = true;
        clients.shutdownNow();
    }
}
