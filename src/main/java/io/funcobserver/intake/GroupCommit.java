package io.funcobserver.intake;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import io.funcobserver.observe.Metrics;
import io.funcobserver.spool.Category;
import io.funcobserver.spool.Kind;
import io.funcobserver.spool.LineBlock;
import org.apache.camel.CamelContext;
import org.apache.camel.Handler;
import org.apache.camel.ProducerTemplate;

/**
 * Lets requests that arrive together share one write to disk.
 *
 * <p>Whoever comes while nothing is written takes all that waits, itself included, and hands it over as one block. Those
 * who come meanwhile wait for the next block, and one of them writes it. Nobody waits for a timer, and a lone request waits
 * for nobody.
 */
public final class GroupCommit {
    private static final String APPEND = "direct:append";
    private static final String SOURCE = "intake";
    private static final int GROUP_BYTES = 1 << 20;

    private final Metrics metrics;
    private final Consumer<Portion.Call> calls;
    private final Map<Category, Queue> queues = new EnumMap<>(Category.class);
    private ProducerTemplate template;

    /** @param calls is told of each function call that is safe on disk */
    public GroupCommit(Metrics metrics, Consumer<Portion.Call> calls) {
        this.metrics = metrics;
        this.calls = calls;
        for (Category category : Category.values()) {
            queues.put(category, new Queue());
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

    private synchronized ProducerTemplate template(CamelContext camel) {
        if (template == null) {
            template = camel.createProducerTemplate();
        }
        return template;
    }

    private static final class Waiting {
        private final Portion.Points points;
        private boolean done;
        private Exception failure;

        Waiting(Portion.Points points) {
            this.points = points;
        }
    }

    private static final class Queue {
        private final Deque<Waiting> waiting = new ArrayDeque<>();
        private boolean writing;

        void commit(Portion.Points points, ProducerTemplate template) throws Exception {
            Waiting own = new Waiting(points);
            List<Waiting> group = enter(own);
            while (!group.isEmpty()) {
                Exception failure = append(group, template);
                group = leave(group, failure, own);
            }
            if (own.failure != null) {
                throw own.failure;
            }
        }

        private synchronized List<Waiting> enter(Waiting own) throws InterruptedException {
            waiting.add(own);
            return turn(own);
        }

        private synchronized List<Waiting> leave(List<Waiting> group, Exception failure, Waiting own)
                throws InterruptedException {
            writing = false;
            for (Waiting member : group) {
                member.done = true;
                member.failure = failure;
            }
            notifyAll();
            return turn(own);
        }

        /** @return the group to be written by the caller; empty when its own points have been written */
        private List<Waiting> turn(Waiting own) throws InterruptedException {
            while (writing && !own.done) {
                wait();
            }
            if (own.done) {
                return List.of();
            }
            writing = true;
            List<Waiting> group = new ArrayList<>();
            int bytes = 0;
            do {
                Waiting next = waiting.remove();
                group.add(next);
                bytes += next.points.content().length;
            } while (!waiting.isEmpty() && bytes + waiting.element().points.content().length <= GROUP_BYTES);
            return group;
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
            int bytes = 0;
            long lines = 0;
            for (Waiting member : group) {
                bytes += member.points.content().length;
                lines += member.points.lines();
            }
            byte[] content = Arrays.copyOf(group.get(0).points.content(), bytes);
            int at = group.get(0).points.content().length;
            for (Waiting member : group.subList(1, group.size())) {
                byte[] more = member.points.content();
                System.arraycopy(more, 0, content, at, more.length);
                at += more.length;
            }
            return LineBlock.plain(SOURCE, group.get(0).points.category(), Kind.RECORD, content, lines);
        }
    }
}
