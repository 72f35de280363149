package io.funcobserver.check;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.funcobserver.config.ConfigurationException;
import io.funcobserver.config.Secrets;
import io.funcobserver.config.Settings;

/** Tests one part of the configuration in a few seconds, and changes nothing. */
public abstract class Probe {
    /** A server may drip its answer for ever. */
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final String subject;
    private final List<String> properties;

    /**
     * @param subject what it tests; the same in all of its findings
     * @param properties the beginnings of the property keys without which it cannot be done
     */
    protected Probe(String subject, String... properties) {
        this.subject = subject;
        this.properties = List.of(properties);
    }

    public final String subject() {
        return subject;
    }

    final List<String> properties() {
        return properties;
    }

    /**
     * Tests it.
     *
     * @param found takes what is found
     * @throws ConfigurationException which is a finding too
     * @throws IOException which is a finding too, with its message
     */
    protected abstract void test(Settings settings, Findings found) throws IOException, InterruptedException;

    /** What it finds, within half a minute. */
    public final List<Finding> test(Settings settings) {
        return test(settings, LONGEST);
    }

    final List<Finding> test(Settings settings, Duration longest) {
        Findings found = new Findings(subject, Secrets.of(settings));
        within(longest, found, subject, inTime -> test(settings, inTime));
        return found.all();
    }

    /** A test, or a part of one. */
    @FunctionalInterface
    interface Test {
        void run(Findings found) throws IOException, InterruptedException;
    }

    /**
     * Adds what a test finds within a time, or that it has not come to an end.
     *
     * @param subject of what it finds
     */
    static void within(Duration longest, Findings found, String subject, Test test) {
        FutureTask<Findings> task = new FutureTask<>(() -> {
            Findings inTime = found.of(subject);
            try {
                test.run(inTime);
            } catch (ConfigurationException | IOException e) {
                inTime.fail(e.getMessage());
            }
            return inTime;
        });
        Thread thread = new Thread(task, "check " + subject);
        // A read that does not end must not keep the process from ending.
        thread.setDaemon(true);
        thread.start();
        Findings broken = found.of(subject);
        try {
            found.addAll(task.get(longest.toMillis(), TimeUnit.MILLISECONDS));
            return;
        } catch (TimeoutException e) {
            broken.fail("does not come to an end within " + longest.toSeconds()
                    + " s; look at what answers there, and whether it is what it should be");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            broken.fail("interrupted; run check again");
        } catch (ExecutionException e) {
            broken.fail("failed (" + e.getCause() + "); this is a fault of func-observer");
        }
        task.cancel(true);
        found.addAll(broken);
    }
}
