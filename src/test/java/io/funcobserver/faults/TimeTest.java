package io.funcobserver.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.funcobserver.demo.FuncDatabase;
import io.funcobserver.demo.FuncSchema;
import io.funcobserver.demo.Line;
import io.funcobserver.demo.Receiver;
import io.funcobserver.testing.ProductProcess;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The machine's clock jumps. What time zones do is IsoTimeTest's. */
@Slow
class TimeTest {
    private static final String TASKS = FuncSchema.TASK_RECORD;

    /** Stands before the C library: the time of day is off by the seconds in a file, the monotonic clock is not. */
    private static final String CLOCK = """
            #define _GNU_SOURCE
            #include <fcntl.h>
            #include <stdlib.h>
            #include <sys/syscall.h>
            #include <sys/time.h>
            #include <time.h>
            #include <unistd.h>

            static long offset(void) {
                char text[32] = {0};
                char *path = getenv("CLOCK_OFFSET_FILE");
                int file = path ? open(path, O_RDONLY) : -1;
                if (file < 0) return 0;
                if (read(file, text, sizeof text - 1) < 0) text[0] = 0;
                close(file);
                return atol(text);
            }

            int clock_gettime(clockid_t clock, struct timespec *time) {
                int result = syscall(SYS_clock_gettime, clock, time);
                if (result == 0 && clock == CLOCK_REALTIME) time->tv_sec += offset();
                return result;
            }

            int gettimeofday(struct timeval *restrict time, void *restrict zone) {
                struct timespec now;
                clock_gettime(CLOCK_REALTIME, &now);
                time->tv_sec = now.tv_sec;
                time->tv_usec = now.tv_nsec / 1000;
                return 0;
            }

            time_t time(time_t *seconds) {
                struct timespec now;
                clock_gettime(CLOCK_REALTIME, &now);
                if (seconds) *seconds = now.tv_sec;
                return now.tv_sec;
            }
            """;

    @AutoClose
    private final TestInstallation site = TestInstallation.open();

    private final FuncDatabase func = site.database;
    private final Receiver target = site.receiver;

    @Test
    void nothingWaitsByTheClockOnTheWall() throws Exception {
        Set<Long> before = timers().map(Thread::getId).collect(Collectors.toSet());
        site.start();
        target.awaitAccepted("DFF_worker_queue", 16);
        target.awaitAccepted("DFF_cache_db_key", 0);
        // A java.util.Timer sleeps until a time of the wall clock: set back by an hour, it sleeps for an hour.
        // That of Vert.x only looks whether its threads hang.
        assertThat(timers().filter(thread -> !thread.getName().equals("vertx-blocked-thread-checker"))
                        .filter(thread -> !before.contains(thread.getId())))
                .isEmpty();
    }

    private static Stream<Thread> timers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getClass().getName().equals("java.util.TimerThread"));
    }

    @Test
    void goesOnWhenTheClockJumpsBackAndForth() throws Exception {
        Path offset = Files.writeString(site.folder.resolve("offset"), "0");
        Map<String, String> environment =
                Map.of("LD_PRELOAD", compiledClock().toString(), "CLOCK_OFFSET_FILE", offset.toString());
        site.only("task-record", "worker-queue");
        try (ProductProcess run = site.command(ProductProcess.Launch.plain().in(environment), "run")) {
            awaitTask("at first");
            int number = 0;
            long day = Duration.ofDays(1).toSeconds();
            for (long jump : new long[] {-day, day, -400 * day, 400 * day, 0}) {
                Files.writeString(offset, Long.toString(jump));
                int samples = target.accepted("DFF_worker_queue").size();
                awaitTask("jump " + number++);
                target.awaitAccepted("DFF_worker_queue", samples + 64);
            }
            assertThat(site.isUp()).isTrue();
            assertThat(run.stop().exitCode()).isZero();
        }
        List<Line> samples = target.accepted("DFF_worker_queue");
        long now = System.currentTimeMillis() * 1_000_000;
        assertThat(samples)
                .anyMatch(line -> line.timestamp() < now - Duration.ofDays(300).toNanos());
        assertThat(samples)
                .anyMatch(line -> line.timestamp() > now + Duration.ofDays(300).toNanos());
    }

    /** Skips the test where no C compiler is. */
    private Path compiledClock() throws Exception {
        Path source = Files.writeString(site.folder.resolve("clock.c"), CLOCK);
        Path library = site.folder.resolve("clock.so");
        int exit = -1;
        try {
            exit = new ProcessBuilder("cc", "-shared", "-fPIC", "-o", library.toString(), source.toString())
                    .inheritIO()
                    .start()
                    .waitFor();
        } catch (IOException e) {
            Assumptions.abort("there is no C compiler (cc): the clock of a process cannot be made to jump");
        }
        Assumptions.assumeTrue(exit == 0, "cc cannot make a library here: the clock cannot be made to jump");
        return library;
    }

    private void awaitTask(String id) throws Exception {
        func.insert(TASKS, Map.of("id", id));
        await().until(() -> site.tags("DFF_task_record", "id").contains(id));
    }
}
