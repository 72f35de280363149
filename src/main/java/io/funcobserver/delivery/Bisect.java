package io.funcobserver.delivery;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/**
 * Finds the lines for which a batch is rejected, by sending its halves, their halves, and so on.
 *
 * <p>Goes level by level, so that a few bad lines cannot look like a batch that is bad throughout. The pieces depend on
 * the number of lines and on the answers alone. After {@link #HOPELESS} pieces without a single accepted one, or when
 * the requests are spent, what is still undecided is given up whole.
 */
final class Bisect {
    /** So many rejected pieces in a row from the first one on tell that the fault lies not in single lines. */
    static final int HOPELESS = 16;

    /** Lines {@code from} (inclusive) to {@code to} (exclusive), counted from 0. */
    record Piece(int from, int to) {
        int lines() {
            return to - from;
        }
    }

    /**
     * Lines that are not sent again.
     *
     * @param status the answer to them, or to the larger piece they were part of when they were given up undecided
     * @param decided whether they were rejected by themselves
     */
    record Rejected(Piece piece, int status, String answer, String reason, boolean decided) {}

    private record Open(Piece piece, int status, String answer) {}

    private final Deque<Open> open = new ArrayDeque<>();
    private final List<Rejected> rejected = new ArrayList<>();
    private final int maxRequests;
    private int requests;
    private boolean acceptedAny;

    /**
     * Begins with a batch that was rejected as a whole.
     *
     * @param maxRequests the most pieces that are sent
     */
    Bisect(int lines, int maxRequests, int status, String answer) {
        this.maxRequests = maxRequests;
        split(new Piece(0, lines), status, answer);
        giveUpIfSpent();
    }

    boolean isDone() {
        return open.isEmpty();
    }

    /** The piece to send now. */
    Piece next() {
        return open.element().piece();
    }

    /** The piece was accepted. */
    void accepted() {
        open.remove();
        acceptedAny = true;
        requests++;
        giveUpIfSpent();
    }

    /** The piece was rejected. */
    void rejected(int status, String answer) {
        Piece piece = open.remove().piece();
        requests++;
        split(piece, status, answer);
        giveUpIfSpent();
    }

    /** What was rejected, in the order of the lines; complete when {@link #isDone}. */
    List<Rejected> rejections() {
        return rejected.stream()
                .sorted(Comparator.comparingInt(r -> r.piece().from()))
                .toList();
    }

    private void split(Piece piece, int status, String answer) {
        if (piece.lines() <= 1) {
            rejected.add(new Rejected(piece, status, answer, "rejected by the target", true));
            return;
        }
        int middle = piece.from() + piece.lines() / 2;
        open.add(new Open(new Piece(piece.from(), middle), status, answer));
        open.add(new Open(new Piece(middle, piece.to()), status, answer));
    }

    private void giveUpIfSpent() {
        String reason = null;
        if (requests >= maxRequests) {
            reason = "undecided: retry.bisect-requests (" + maxRequests + ") were spent on the batch";
        } else if (requests >= HOPELESS && !acceptedAny) {
            reason = "undecided: the first " + HOPELESS + " pieces of the batch were all rejected";
        }
        if (reason != null) {
            for (Open rest : open) {
                rejected.add(new Rejected(rest.piece(), rest.status(), rest.answer(), reason, false));
            }
            open.clear();
        }
    }
}
