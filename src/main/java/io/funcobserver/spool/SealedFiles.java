package io.funcobserver.spool;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;

import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.component.file.GenericFileEndpoint;
import org.apache.camel.spi.ScheduledPollConsumerScheduler;
import org.apache.camel.support.service.ServiceSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a {@code file:} consumer look into its folder of the spool when a file was sealed there, and every few seconds for
 * files that came by other means. One for each endpoint.
 */
public final class SealedFiles extends ServiceSupport implements ScheduledPollConsumerScheduler {
    private static final Logger LOG = LoggerFactory.getLogger(SealedFiles.class);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(3);

    private CamelContext context;
    private SpoolFolder folder;
    private Runnable task;
    private String name;
    private ExecutorService executor;

    @Override
    public void setCamelContext(CamelContext camelContext) {
        this.context = camelContext;
    }

    @Override
    public CamelContext getCamelContext() {
        return context;
    }

    @Override
    public void onInit(Consumer consumer) {
        GenericFileEndpoint<?> endpoint = (GenericFileEndpoint<?>) consumer.getEndpoint();
        Path path = Path.of(endpoint.getConfiguration().getDirectory());
        Spool spool = context.getRegistry().findSingleByType(Spool.class);
        name = "deliver " + path;
        folder = spool.folder(path);
    }

    @Override
    public void scheduleTask(Runnable poll) {
        this.task = poll;
    }

    @Override
    public void unscheduleTask() {
        task = null;
    }

    @Override
    public synchronized void startScheduler() {
        if (executor != null) {
            // Camel asks for it twice; two threads would send the files in another order.
            return;
        }
        executor = context.getExecutorServiceManager().newSingleThreadExecutor(this, name);
        executor.execute(this::run);
    }

    private void run() {
        try {
            while (isRunAllowed()) {
                folder.look();
                poll();
                folder.awaitSealed(LONGEST_WAIT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Nothing that goes wrong in a poll may end the delivery. */
    private void poll() {
        try {
            Runnable poll = task;
            if (poll != null) {
                poll.run();
            }
        } catch (RuntimeException | Error e) {
            LOG.error("The delivery from {} is tried again after a failure", folder.path(), e);
        }
    }

    @Override
    public synchronized boolean isSchedulerStarted() {
        return executor != null;
    }

    @Override
    protected synchronized void doStop() {
        if (folder != null) {
            folder.wake();
        }
        if (executor != null) {
            context.getExecutorServiceManager().shutdown(executor);
            executor = null;
        }
    }

    @Override
    protected void doShutdown() {
        doStop();
    }
}
