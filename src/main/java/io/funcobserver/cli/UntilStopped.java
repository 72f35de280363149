package io.funcobserver.cli;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs something until it ends or the process gets SIGTERM or Ctrl-C, after which the exit code is 0.
 *
 * <p>A JVM that ends by a signal exits with 128 + its number, whatever its hooks do, unless a hook halts it.
 */
final class UntilStopped {
    private static final Logger LOG = LoggerFactory.getLogger(UntilStopped.class);
    private static final long LONGEST_START_SECONDS = 20;

    private final CompletableFuture<Application.Running> started = new CompletableFuture<>();
    private final Thread hook = new Thread(this::stop, "stop");

    private UntilStopped() {}

    /** @throws Exception what starting, running or ending threw */
    static void run(Callable<Application.Running> start) throws Exception {
        new UntilStopped().start(start);
    }

    private void start(Callable<Application.Running> start) throws Exception {
        // Before the start, so that a signal during it stops it as cleanly.
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            Application.Running running = start.call();
            started.complete(running);
            running.await();
            removeHook();
            running.close();
        } catch (Exception e) {
            started.completeExceptionally(e);
            removeHook();
            throw e;
        }
    }

    private void removeHook() throws InterruptedException {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending already: the hook does the rest and halts it.
            hook.join();
        }
    }

    private void stop() {
        Runtime.getRuntime().halt(stopped());
    }

    private int stopped() {
        try {
            LOG.info("Stopping");
            started.get(LONGEST_START_SECONDS, TimeUnit.SECONDS).close();
            LOG.info("Stopped; everything read is safe on disk");
            return 0;
        } catch (ExecutionException e) {
            // It never came to run.
            return 0;
        } catch (TimeoutException e) {
            LOG.error("Stopped in the middle of a start that did not come to its end");
            return 1;
        } catch (Exception e) {
            LOG.error("The stop failed", e);
            return 1;
        }
    }
}
