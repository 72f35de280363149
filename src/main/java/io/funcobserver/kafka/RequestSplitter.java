package io.funcobserver.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

import io.funcobserver.spool.BatchLimits;
import io.funcobserver.spool.Gzip;
import io.funcobserver.spool.LineBlock;
import io.funcobserver.spool.Lines;

/** Makes finished requests of a block of lines: within the batch limits, and no larger than a message may be. */
final class RequestSplitter {
    private final BatchLimits limits;

    RequestSplitter(BatchLimits limits) {
        this.limits = limits;
    }

    /**
     * @param key of the messages
     * @param largest bytes that the topic takes in one message
     * @param tooLarge takes the size of each line that fits into no message
     */
    List<RequestMessage> split(String topic, String key, LineBlock block, int largest, LongConsumer tooLarge) {
        int most = largest - MessageSizes.OVERHEAD;
        List<RequestMessage> messages = new ArrayList<>();
        if (block.gzipped() && block.content().length <= most) {
            messages.add(RequestMessage.of(
                    topic, key, block.source(), block.kind(), block.content(), block.lines(), block.bytes()));
            return messages;
        }
        byte[] plain = block.gzipped() ? unpacked(block.content()) : block.content();
        List<Integer> ends = Lines.ends(plain);
        int begin = 0;
        for (int from = 0; from < ends.size(); ) {
            int to = from + 1;
            while (to < ends.size() && to - from < limits.maxLines() && ends.get(to) - begin <= limits.maxBytes()) {
                to++;
            }
            Part part = new Part(topic, key, block, plain, ends, most);
            part.add(from, to, messages, tooLarge);
            begin = ends.get(to - 1);
            from = to;
        }
        return messages;
    }

    private static byte[] unpacked(byte[] packed) {
        try {
            return Gzip.unpack(packed);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Part(String topic, String key, LineBlock block, byte[] plain, List<Integer> ends, int mostPacked) {
        void add(int from, int to, List<RequestMessage> messages, LongConsumer tooLarge) {
            int begin = from == 0 ? 0 : ends.get(from - 1);
            int end = ends.get(to - 1);
            byte[] packed = Gzip.pack(plain, begin, end);
            if (packed.length <= mostPacked) {
                messages.add(RequestMessage.of(
                        topic, key, block.source(), block.kind(), packed, to - from, (long) end - begin));
            } else if (to - from == 1) {
                tooLarge.accept((long) end - begin);
            } else {
                int middle = from + (to - from) / 2;
                add(from, middle, messages, tooLarge);
                add(middle, to, messages, tooLarge);
            }
        }
    }
}
