package io.funcobserver.delivery;

import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

import io.funcobserver.spool.Gzip;
import io.funcobserver.spool.Lines;

/**
 * Finds the lines for which a request is rejected, by sending its halves, their halves, and so on.
 *
 * <p>Goes level by level, so that a few bad lines cannot look like a request that is bad throughout. The pieces depend on
 * the number of lines and on the answers alone, so a piece that is sent again is the same to the byte. After {@link
 * #HOPELESS} pieces without a single accepted one, or when the requests are spent, what is still undecided is given up
 * whole.
 */
public final class Halving {
    /** So many rejected pieces in a row from the first one on tell that the fault lies not in single lines. */
    static final int HOPELESS = 16;

    /**
     * Lines {@code from} (inclusive) to {@code to} (exclusive), counted from 0.
     *
     * @param status of the answer to what they were rejected with: themselves, or the larger piece they are half of
     */
    public record Piece(int from, int to, int status, String answer) {
        int lines() {
            return to - from;
        }
    }

    /**
     * Lines that are not sent again.
     *
     * @param decided whether they were rejected by themselves
     */
    record Rejected(Piece piece, String reason, boolean decided) {}

    private final byte[] lines;
    private final List<Integer> ends;
    private final int maxRequests;
    private final Deque<Piece> open = new ArrayDeque<>();
    private final List<Rejected> rejected = new ArrayList<>();
    private int requests;
    private boolean acceptedAny;

    /**
     * Begins with a request that was rejected as a whole.
     *
     * @param lines plain
     * @param maxRequests the most pieces that are sent
     */
    Halving(byte[] lines, int maxRequests, int status, String answer) {
        this.lines = lines;
        this.ends = Lines.ends(lines);
        this.maxRequests = maxRequests;
        split(new Piece(0, ends.size(), status, answer));
        giveUpIfSpent();
    }

    /** Whether there are pieces to send. */
    public boolean isUndecided() {
        return !open.isEmpty();
    }

    /** The lines of a piece. */
    public byte[] content(Piece piece, boolean gzip) {
        int from = begin(piece.from());
        int to = begin(piece.to());
        return gzip ? Gzip.pack(lines, from, to) : Arrays.copyOfRange(lines, from, to);
    }

    /** The lines of several. */
    byte[] content(List<Rejected> pieces) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        pieces.forEach(each -> content.writeBytes(content(each.piece(), false)));
        return content.toByteArray();
    }

    private int begin(int line) {
        return line == 0 ? 0 : ends.get(line - 1);
    }

    /** The current piece was accepted. */
    void accepted() {
        open.remove();
        acceptedAny = true;
        requests++;
        giveUpIfSpent();
    }

    /** The current piece was rejected. */
    void rejected(int status, String answer) {
        Piece piece = open.remove();
        requests++;
        split(new Piece(piece.from(), piece.to(), status, answer));
        giveUpIfSpent();
    }

    /** The one to send now. */
    Piece current() {
        return open.element();
    }

    /** How many lines there are in all. */
    int lines() {
        return ends.size();
    }

    /** How many pieces were sent. */
    int requests() {
        return requests;
    }

    /** What was rejected, in the order of the lines; complete when nothing {@link #isUndecided}. */
    List<Rejected> rejections() {
        return rejected.stream()
                .sorted(Comparator.comparingInt(each -> each.piece().from()))
                .toList();
    }

    private void split(Piece piece) {
        if (piece.lines() <= 1) {
            rejected.add(new Rejected(piece, "rejected by the target", true));
            return;
        }
        int middle = piece.from() + piece.lines() / 2;
        open.add(new Piece(piece.from(), middle, piece.status(), piece.answer()));
        open.add(new Piece(middle, piece.to(), piece.status(), piece.answer()));
    }

    private void giveUpIfSpent() {
        String reason;
        if (requests >= maxRequests) {
            reason = "undecided: retry.bisect-requests (" + maxRequests + ") were spent on the batch";
        } else if (requests >= HOPELESS && !acceptedAny) {
            reason = "undecided: the first " + HOPELESS + " pieces of the batch were all rejected";
        } else {
            return;
        }
        open.forEach(rest -> rejected.add(new Rejected(rest, reason, false)));
        open.clear();
    }
}
