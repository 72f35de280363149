package io.funcobserver.intake;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeUnit;

import io.funcobserver.func.UploadedPoints;
import io.funcobserver.lineprotocol.Category;
import io.funcobserver.lineprotocol.FixedTag;
import io.funcobserver.lineprotocol.PointReader;
import io.funcobserver.lineprotocol.PointWriter;

/**
 * The points of one request, completed, in portions of bounded size; lines that are no points come as portions of their own.
 *
 * <p>docs/measurements.md says what is done to a point. The same body gives the same points, but for those without a
 * timestamp.
 */
public final class Upload implements Iterator<Portion>, Closeable {
    private static final int PORTION_BYTES = 256 << 10;
    private static final int REASONS = 3;
    /** Bytes that a line may become longer by, beside the tags that are configured: a status, a time. */
    private static final int MOST_ADDED = 64;

    private final Category category;
    private final Received received;
    private final List<FixedTag> tags;
    private final long portionBytes;
    private final long portionLines;
    private final long growth;
    private final long hash;
    private final LineScanner lines;
    private final Deque<Portion> ready = new ArrayDeque<>();

    private final PointWriter points;
    private long pointLines;
    private List<Portion.Call> calls = new ArrayList<>();

    /** Rarely needed. */
    private PointWriter rejected;

    private long rejectedLines;
    private StringBuilder reasons = new StringBuilder();
    private boolean ended;

    /** @throws UploadRefusedException when the body cannot be used */
    Upload(Received received, IntakeSettings settings) {
        this.category = received.category();
        this.received = received;
        this.tags = settings.tags();
        this.portionBytes = Math.min(PORTION_BYTES, settings.batch().maxBytes());
        this.portionLines = settings.batch().maxLines();
        this.growth =
                MOST_ADDED + tags.stream().mapToLong(tag -> tag.whole().length).sum();
        BodyCheck body = BodyCheck.of(received, settings.maxBody());
        this.hash = body.hash();
        this.lines = body.lines();
        this.points = new PointWriter((int) Math.min(PORTION_BYTES, body.length() + growth + 1));
    }

    /** All of it as one portion of points, as nearly every upload is; null where it is anything else. */
    Portion.Points whole() {
        boolean whole = hasNext() && ended && ready.size() == 1 && ready.element() instanceof Portion.Points;
        return whole ? (Portion.Points) ready.remove() : null;
    }

    @Override
    public boolean hasNext() {
        try {
            while (ready.isEmpty() && !ended) {
                read();
            }
        } catch (IOException e) {
            throw new IllegalStateException("a body that was read once cannot be read again", e);
        }
        return !ready.isEmpty();
    }

    @Override
    public Portion next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return ready.remove();
    }

    private void read() throws IOException {
        if (!lines.next()) {
            ended = true;
            finishPoints();
            finishRejected();
            return;
        }
        PointReader point = lines.point();
        if (!lines.isPoint()) {
            reject(lines.reason());
        } else {
            if (pointLines == portionLines || points.length() + (lines.end() - lines.start()) + growth > portionBytes) {
                finishPoints();
            }
            take(point);
        }
        if (rejectedLines > 0 && rejected.length() >= PORTION_BYTES) {
            finishRejected();
        }
    }

    private void take(PointReader point) {
        points.series(point);
        for (FixedTag tag : tags) {
            if (!point.has(tag.key())) {
                points.tag(tag.whole());
            }
        }
        byte[] status = UploadedPoints.missingStatus(point);
        if (status != null) {
            points.tag(status);
        }
        long nanos = point.hasTimestamp() ? received.precision().toNanos(point.timestamp()) : received.nanos();
        if (UploadedPoints.isCall(point)) {
            call(point, nanos);
            nanos = UploadedPoints.spread(nanos, hash, lines.number());
        }
        points.fieldsAt(point, nanos);
        pointLines++;
    }

    private void call(PointReader point, long nanos) {
        String funcId = UploadedPoints.funcId(point);
        if (funcId != null) {
            calls.add(new Portion.Call(
                    funcId,
                    TimeUnit.NANOSECONDS.toMillis(nanos),
                    UploadedPoints.taskStatus(point),
                    UploadedPoints.integer(point, "wait_cost"),
                    UploadedPoints.integer(point, "run_cost")));
        }
    }

    private void reject(String why) {
        if (rejectedLines < REASONS) {
            reasons.append(reasons.isEmpty() ? "" : "; ")
                    .append("line ")
                    .append(lines.number() + 1)
                    .append(", byte ")
                    .append(lines.offset())
                    .append(": ")
                    .append(why);
        }
        if (rejected == null) {
            rejected = new PointWriter(lines.end() - lines.start() + 1);
        }
        rejectedLines++;
        rejected.line(lines.bytes(), lines.start(), lines.end());
    }

    private void finishPoints() {
        if (pointLines > 0) {
            ready.add(new Portion.Points(category, points.take(), pointLines, calls));
            pointLines = 0;
            calls = new ArrayList<>();
        }
    }

    private void finishRejected() {
        if (rejectedLines > 0) {
            if (rejectedLines > REASONS) {
                reasons.append("; and ").append(rejectedLines - REASONS).append(" more");
            }
            ready.add(new Portion.Rejected(category, rejected.take(), rejectedLines, reasons.toString()));
            rejectedLines = 0;
            reasons = new StringBuilder();
        }
    }

    /** Gives the memory back that the request held. */
    @Override
    public void close() {
        lines.close();
        received.share().close();
    }
}
