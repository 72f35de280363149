package io.funcobserver.intake;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import io.funcobserver.lineprotocol.Category;
import io.funcobserver.observe.Metrics;
import io.funcobserver.spool.BatchLimits;
import io.funcobserver.spool.Kind;
import io.funcobserver.spool.LineBlock;
import org.apache.camel.CamelContext;
import org.apache.camel.Handler;
import org.apache.camel.ProducerTemplate;

/**
 * Lets requests that arrive together share one write to disk.
 *
 * <p>Whoever comes while nothing is written writes at once. Those who come meanwhile wait; when the write is done, the one
 * who waits longest takes all that wait, itself included, and hands them over as one block. Nobody waits for a timer, a lone
 * request waits for nobody, and nobody is woken but for its turn or its answer.
 */
public final class GroupCommit {
    private static final String APPEND = "direct:append";
    private static final String SOURCE = "intake";
    private static final long MOST_BYTES = 1 << 20;

    private final Metrics metrics;
    private final Consumer<Portion.Call> calls;
    private final Map<Category, Queue> queues = new EnumMap<>(Category.class);
    private ProducerTemplate template;

    /**
     * @param limits which no block exceeds, unless a single line does
     * @param calls is told of each function call that is safe on disk
     */
    public GroupCommit(BatchLimits limits, Metrics metrics, Consumer<Portion.Call> calls) {
        this.metrics = metrics;
        this.calls = calls;
        for (Category category : Category.values()) {
            queues.put(category, new Queue(Math.min(MOST_BYTES, limits.maxBytes()), limits.maxLines()));
        }
    }

    /**
     * Returns when the points are safe on disk.
     *
     * @throws Exception when they could not be made safe; none of them counts as received then
     */
    @Handler
    public void commit(Portion.Points points, CamelContext camel) throws Exception {
        queues.get(points.category()).commit(points, template(camel));
        metrics.pointsReceived(points.category(), points.lines());
        points.calls().forEach(calls);
    }

    /** How many requests wait for a write that has not begun. */
    int waiting(Category category) {
        return queues.get(category).size();
    }

    private synchronized ProducerTemplate template(CamelContext camel) {
        if (template == null) {
            template = camel.createProducerTemplate();
        }
        return template;
    }

    /** One request's points on their way to the disk. */
    private static final class Waiting {
        private final Portion.Points points;
        /** Done with true when it is this one's turn to write for others too, with false when its points are written. */
        private final CompletableFuture<Boolean> leads = new CompletableFuture<>();

        private Exception failure;

        Waiting(Portion.Points points) {
            this.points = points;
        }
    }

    private static final class Queue {
        private final Deque<Waiting> waiting = new ArrayDeque<>();
        private final long mostBytes;
        private final long mostLines;
        private boolean writing;

        Queue(long mostBytes, long mostLines) {
            this.mostBytes = mostBytes;
            this.mostLines = mostLines;
        }

        void commit(Portion.Points points, ProducerTemplate template) throws Exception {
            Waiting own = new Waiting(points);
            enter(own);
            // Not to be interrupted: a write to the disk ends, and the others need one who writes.
            if (own.leads.join()) {
                List<Waiting> group = group();
                Exception failure = append(group, template);
                leave();
                for (Waiting member : group) {
                    member.failure = failure;
                    member.leads.complete(false);
                }
            }
            if (own.failure != null) {
                throw own.failure;
            }
        }

        synchronized int size() {
            return waiting.size();
        }

        /** Gives it the turn at once where nobody writes. */
        private synchronized void enter(Waiting own) {
            waiting.add(own);
            if (!writing) {
                writing = true;
                own.leads.complete(true);
            }
        }

        /** As many of those who wait as fit into one block, the one who writes among them: it waits longest. */
        private synchronized List<Waiting> group() {
            List<Waiting> group = new ArrayList<>();
            long bytes = 0;
            long lines = 0;
            do {
                Waiting next = waiting.remove();
                group.add(next);
                bytes += next.points.content().length;
                lines += next.points.lines();
            } while (!waiting.isEmpty()
                    && bytes + waiting.element().points.content().length <= mostBytes
                    && lines + waiting.element().points.lines() <= mostLines);
            return group;
        }

        /** Gives the turn to the one who waits longest, before anything else: the disk is to have no pause. */
        private synchronized void leave() {
            writing = !waiting.isEmpty();
            if (writing) {
                waiting.element().leads.complete(true);
            }
        }

        private static Exception append(List<Waiting> group, ProducerTemplate template) {
            try {
                LineBlock block = block(group);
                return template.send(APPEND, exchange -> exchange.getIn().setBody(block))
                        .getException();
            } catch (RuntimeException e) {
                return e;
            }
        }

        private static LineBlock block(List<Waiting> group) {
            List<Portion.Points> all =
                    group.stream().map(member -> member.points).toList();
            ByteBuffer content = ByteBuffer.allocate(
                    all.stream().mapToInt(points -> points.content().length).sum());
            all.forEach(points -> content.put(points.content()));
            long lines = all.stream().mapToLong(Portion.Points::lines).sum();
            return LineBlock.plain(SOURCE, all.get(0).category(), Kind.RECORD, content.array(), lines);
        }
    }
}
