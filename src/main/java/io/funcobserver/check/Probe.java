package io.funcobserver.check;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.funcobserver.config.ConfigurationException;
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
        FutureTask<List<Finding>> task = new FutureTask<>(() -> {
            Findings found = new Findings(subject);
            try {
                test(settings, found);
            } catch (ConfigurationException | IOException e) {
                found.fail(e.getMessage());
            }
            return found.all();
        });
        Thread thread = new Thread(task, "check " + subject);
        // A read that does not end must not keep the process from ending.
        thread.setDaemon(true);
        thread.start();
        Findings broken = new Findings(subject);
        try {
            return task.get(longest.toMillis(), TimeUnit.MILLISECONDS);
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
        return broken.all();
    }
}
