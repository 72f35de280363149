package io.funcobserver.spool;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Makes finished requests of a block of lines: gzipped, within the batch limits, and no larger than may be. */
public record RequestSplitter(BatchLimits limits) {
    /** Where a request may be of any size when it is packed. */
    public List<LineBlock> split(LineBlock block) {
        return split(block, Integer.MAX_VALUE);
    }

    /** @param largest bytes that a packed request may have; a line that alone is larger becomes one all the same */
    public List<LineBlock> split(LineBlock block, int largest) {
        if (block.gzipped() && block.content().length <= largest) {
            return List.of(block);
        }
        byte[] plain = block.gzipped() ? unpacked(block.content()) : block.content();
        List<Integer> ends = Lines.ends(plain);
        Cut cut = new Cut(block, plain, ends, largest, new ArrayList<>());
        int begin = 0;
        for (int from = 0; from < ends.size(); ) {
            int to = from + 1;
            while (to < ends.size() && to - from < limits.maxLines() && ends.get(to) - begin <= limits.maxBytes()) {
                to++;
            }
            cut.add(from, to);
            begin = ends.get(to - 1);
            from = to;
        }
        return cut.requests();
    }

    private static byte[] unpacked(byte[] packed) {
        try {
            return Gzip.unpack(packed);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Cut(LineBlock block, byte[] plain, List<Integer> ends, int largest, List<LineBlock> requests) {
        /** Lines {@code from} (inclusive) to {@code to} (exclusive), halved until they are small enough. */
        void add(int from, int to) {
            int begin = from == 0 ? 0 : ends.get(from - 1);
            int end = ends.get(to - 1);
            byte[] packed = Gzip.pack(plain, begin, end);
            if (packed.length <= largest || to - from == 1) {
                requests.add(new LineBlock(
                        block.source(), block.category(), block.kind(), packed, true, to - from, (long) end - begin));
            } else {
                int middle = from + (to - from) / 2;
                add(from, middle);
                add(middle, to);
            }
        }
    }
}
