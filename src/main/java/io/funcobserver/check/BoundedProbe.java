package io.funcobserver.check;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.funcobserver.config.Settings;

/** Runs a probe for no longer than half a minute: a server may drip its answer for ever. */
final class BoundedProbe {
    static final Duration LONGEST = Duration.ofSeconds(30);

    private BoundedProbe() {}

    static List<Finding> test(Probe probe, Settings settings) {
        return test(probe, settings, LONGEST);
    }

    static List<Finding> test(Probe probe, Settings settings, Duration longest) {
        FutureTask<List<Finding>> task = new FutureTask<>(() -> probe.test(settings));
        Thread thread = new Thread(task, "check " + probe.subject());
        // A read that does not end must not keep the process from ending.
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            task.cancel(true);
            return List.of(Finding.fail(
                    probe.subject(),
                    "does not come to an end within " + longest.toSeconds()
                            + " s; look at what answers there, and whether it is what it should be"));
        } catch (InterruptedException e) {
            task.cancel(true);
            Thread.currentThread().interrupt();
            return List.of(Finding.fail(probe.subject(), "interrupted; run check again"));
        } catch (ExecutionException e) {
            return List.of(
                    Finding.fail(probe.subject(), "failed (" + e.getCause() + "); this is a fault of func-observer"));
        }
    }
}
