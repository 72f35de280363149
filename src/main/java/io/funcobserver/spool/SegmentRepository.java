package io.funcobserver.spool;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

import io.funcobserver.diagnosis.FileFailure;
import io.funcobserver.observe.HealthState;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.spi.AggregationRepository;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.service.ServiceSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers blocks of lines into requests: the repository and the strategy of the {@code aggregate} step in {@code
 * routes/spool.camel.yaml}.
 *
 * <p>Each group is a {@link Segment} on disk. A block is appended and synced before {@link #add} returns, which is before
 * its sender goes on; what a crash leaves is a group again at the next start, and completed like any other. A group is
 * complete before a block that would not fit into its request, and after {@code batch.max-delay}.
 *
 * <p>Camel calls all this under the lock of its aggregator.
 */
public final class SegmentRepository extends ServiceSupport implements AggregationRepository, AggregationStrategy {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentRepository.class);

    private static final String PART = "spool.segments";

    /** Exchange property with the block that is to be appended to the segment in the body. */
    private static final String BLOCK = "block";

    private final Path folder;
    private final BatchLimits limits;
    private final Spool spool;
    private final HealthState health;
    /** By the keys of their groups; by their own names, where no more is to be appended. */
    private final Map<String, Segment> segments = new ConcurrentHashMap<>();

    private final Queue<Segment> complete = new ArrayDeque<>();
    private long number;
    private boolean open;

    /** @param folder of the segments */
    public SegmentRepository(Path folder, BatchLimits limits, Spool spool, Clock clock, HealthState health) {
        this.folder = folder;
        this.limits = limits;
        this.spool = spool;
        this.health = health;
        this.number = clock.millis() << 16;
    }

    /** From here on the folder is this process's: routes that are only loaded, as by {@code check}, leave it to another one. */
    public void open() throws IOException {
        DurableFiles.createFolder(folder);
        open = true;
    }

    @Override
    protected void doStart() throws IOException {
        if (!open) {
            return;
        }
        for (Path file : DurableFiles.entries(folder, "*" + Segment.SUFFIX)) {
            recover(file);
        }
    }

    /** One that cannot be read keeps the product from nothing; it stays where it is. */
    private void recover(Path file) {
        if (!Segment.isSegment(file)) {
            LOG.warn("{} is not func-observer's: it is left alone", file);
            return;
        }
        try {
            leave(Segment.recover(file));
        } catch (IOException e) {
            String reason = "the lines in " + file + " cannot be read: " + FileFailure.of(e)
                    + "; they are not sent before a start at which they can be";
            health.warn(PART, reason);
            LOG.error("In the spool {}", reason);
        }
    }

    /** A request is made of it with the next interval. */
    private void leave(Segment segment) {
        segments.put(segment.toString(), segment);
    }

    /** What is open is complete at the next start. */
    @Override
    protected void doStop() throws IOException {
        for (Segment segment : segments.values()) {
            segment.close();
        }
        segments.clear();
    }

    /** Gathering is left to {@link #add}, which only comes after the old group was completed. */
    @Override
    public Exchange aggregate(Exchange group, Exchange block) {
        if (group == null) {
            return block;
        }
        group.setProperty(BLOCK, block.getMessage().getBody(LineBlock.class));
        return group;
    }

    @Override
    public boolean canPreComplete() {
        return true;
    }

    @Override
    public boolean preComplete(Exchange group, Exchange block) {
        return group != null
                && !group.getMessage()
                        .getBody(Segment.class)
                        .hasRoomFor(block.getMessage().getBody(LineBlock.class), limits);
    }

    @Override
    public Exchange add(CamelContext context, String key, Exchange exchange) {
        LineBlock block = exchange.getProperty(BLOCK, LineBlock.class);
        exchange.removeProperty(BLOCK);
        boolean isNew = block == null;
        if (isNew) {
            block = exchange.getMessage().getBody(LineBlock.class);
        }
        Segment segment = null;
        try {
            segment = isNew
                    ? Segment.create(folder, block.category(), block.kind(), ++number)
                    : exchange.getMessage().getBody(Segment.class);
            segment.append(block);
        } catch (IOException e) {
            if (segment != null) {
                // After a failed write nothing more goes into this file; what was confirmed before is in it.
                segments.remove(key);
                leave(segment);
            }
            IOException failure = FileFailure.writing("the segments in ", folder, e);
            throw new UncheckedIOException(failure.getMessage(), failure);
        }
        if (isNew) {
            exchange.getMessage().setBody(segment);
            segments.put(key, segment);
        }
        return exchange;
    }

    @Override
    public Exchange get(CamelContext context, String key) {
        Segment segment = segments.get(key);
        if (segment == null) {
            return null;
        }
        Exchange exchange = new DefaultExchange(context);
        exchange.getMessage().setBody(segment);
        return exchange;
    }

    /** The group is complete; segments are sealed in this order, on whichever threads that comes to pass. */
    @Override
    public void remove(CamelContext context, String key, Exchange exchange) {
        segments.remove(key);
        Segment segment = exchange.getMessage().getBody(Segment.class);
        synchronized (complete) {
            complete.add(segment);
        }
    }

    @Override
    public void confirm(CamelContext context, String exchangeId) {
        // A segment goes away when its request is sealed.
    }

    @Override
    public Set<String> getKeys() {
        return new TreeSet<>(segments.keySet());
    }

    /** Whether there are lines that should have become a request and have not, as on a full disk. */
    public boolean isBehind() {
        return segments.keySet().stream().anyMatch(key -> key.endsWith(Segment.SUFFIX));
    }

    /** Makes requests of the complete groups, in order; one that cannot be is tried again with the next interval. */
    public void seal() {
        synchronized (complete) {
            for (Segment segment = complete.peek(); segment != null; segment = complete.peek()) {
                seal(segment);
                complete.remove();
            }
        }
    }

    private void seal(Segment segment) {
        try {
            spool.sealSegment(segment);
            health.up(PART);
        } catch (SpoolFullException | ClosedByInterruptException e) {
            // Later, or after the next start.
            leave(segment);
        } catch (IOException e) {
            leave(segment);
            String reason = "the lines in " + segment + " cannot be moved on: " + FileFailure.of(e)
                    + "; they are safe there, and it is tried again every second";
            if (health.down(PART, reason)) {
                LOG.warn("In the spool {}", reason);
            }
        }
    }
}
