package io.funcobserver.delivery;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import static org.assertj.core.api.Assertions.assertThat;

/** Promise 2: one bad line never takes good ones with it. */
class HalvingTest {
    private final Set<Integer> accepted = new TreeSet<>();
    private final Set<Integer> rejected = new TreeSet<>();
    private int requests;
    private int inARow;
    private boolean undecided;

    private void run(int lines, Set<Integer> poison, int maxRequests) {
        // jqwik runs all tries of a property on one instance.
        accepted.clear();
        rejected.clear();
        requests = 0;
        inARow = 0;
        undecided = false;
        Halving bisect = new Halving(text(lines), maxRequests, 400, "bad");
        while (bisect.isUndecided()) {
            Halving.Piece piece = bisect.current();
            requests++;
            if (poison.stream().anyMatch(p -> p >= piece.from() && p < piece.to())) {
                inARow = accepted.isEmpty() ? inARow + 1 : inARow;
                bisect.rejected(400, "bad");
            } else {
                IntStream.range(piece.from(), piece.to())
                        .forEach(i -> assertThat(accepted.add(i)).isTrue());
                bisect.accepted();
            }
        }
        for (Halving.Rejected r : bisect.rejections()) {
            undecided |= !r.decided();
            IntStream.range(r.piece().from(), r.piece().to())
                    .forEach(i -> assertThat(rejected.add(i)).isTrue());
        }
    }

    private static byte[] text(int lines) {
        return "m v=1 1\n".repeat(lines).getBytes(StandardCharsets.US_ASCII);
    }

    /** A large piece is undecided for no longer than a small one: a level is sent whole before the next one. */
    @Property
    void sendsLevelByLevel(
            @ForAll @IntRange(min = 2, max = 300) int lines, @ForAll @IntRange(max = 40) int maxRequests) {
        Halving halving = new Halving(text(lines), maxRequests, 400, "");
        List<Integer> sizes = new ArrayList<>();
        while (halving.isUndecided()) {
            sizes.add(halving.current().lines());
            halving.rejected(400, "");
        }
        assertThat(sizes).hasSizeLessThanOrEqualTo(Math.min(maxRequests, Halving.HOPELESS));
        for (int i = 1; i < sizes.size(); i++) {
            // Halves of an odd number differ by one.
            assertThat(sizes.get(i)).isLessThanOrEqualTo(sizes.get(i - 1) + 1);
        }
    }

    @Property
    void leavesExactlyThePoisonLines(
            @ForAll @IntRange(min = 8, max = 3000) int lines,
            @ForAll @Size(min = 1, max = 7) Set<@IntRange(max = 2999) Integer> values) {
        Set<Integer> poison = new TreeSet<>();
        values.forEach(value -> poison.add(value % lines));
        run(lines, poison, 1000);
        assertThat(undecided).isFalse();
        assertThat(rejected).isEqualTo(poison);
        assertThat(accepted).hasSize(lines - poison.size());
    }

    @Property
    void decidesEachLineOnceWithinItsRequests(
            @ForAll @IntRange(min = 1, max = 2000) int lines,
            @ForAll @Size(min = 1, max = 400) Set<@IntRange(max = 1999) Integer> values,
            @ForAll @IntRange(max = 200) int maxRequests) {
        Set<Integer> poison = new TreeSet<>();
        values.forEach(value -> poison.add(value % lines));
        run(lines, poison, maxRequests);
        assertThat(requests).isLessThanOrEqualTo(maxRequests);
        assertThat(rejected).containsAll(poison);
        assertThat(accepted).noneMatch(rejected::contains);
        assertThat(rejected.size() + accepted.size()).isEqualTo(lines);
        if (undecided) {
            assertThat(requests == maxRequests || inARow == Halving.HOPELESS).isTrue();
        } else {
            assertThat(rejected).isEqualTo(poison);
        }
    }

    @Property
    void givesUpWhatIsBadThroughout(@ForAll @IntRange(min = 16, max = 3000) int lines) {
        run(lines, new TreeSet<>(IntStream.range(0, lines).boxed().toList()), 1000);
        assertThat(requests).isEqualTo(Halving.HOPELESS);
        assertThat(rejected).hasSize(lines);
    }

    @Property
    void sendsTheSamePiecesAgain(@ForAll @IntRange(min = 2, max = 500) int lines, @ForAll int poison) {
        assertThat(pieces(lines, Math.floorMod(poison, lines))).isEqualTo(pieces(lines, Math.floorMod(poison, lines)));
    }

    private static List<Halving.Piece> pieces(int lines, int poison) {
        Halving bisect = new Halving(text(lines), 1000, 400, "");
        List<Halving.Piece> pieces = new ArrayList<>();
        while (bisect.isUndecided()) {
            Halving.Piece piece = bisect.current();
            pieces.add(piece);
            if (poison >= piece.from() && poison < piece.to()) {
                bisect.rejected(400, "");
            } else {
                bisect.accepted();
            }
        }
        return pieces;
    }
}
