package io.funcobserver.intake;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

import io.funcobserver.lineprotocol.PointReader;
import io.funcobserver.lineprotocol.PointReader.Found;

/**
 * Goes through a stream line by line, with no more of it in memory than the longest line takes.
 *
 * <p>Every byte belongs to a point, to a malformed line, or to a blank. A malformed line ends at its first line feed, even
 * within quotes: behind it, points are looked for anew, so that one missing quote does not take the rest with it.
 */
final class LineScanner implements AutoCloseable {
    private static final int LEAST_CAPACITY = 1 << 10;
    private static final int INITIAL_CAPACITY = 64 << 10;
    /** Of a buffer's size: itself, its predecessor while it grows, and the line on its way to the disk. */
    private static final int COPIES = 4;
    /** How much may be read a second time; bounds the time that a hostile body takes. */
    private static final long MOST_READ_AGAIN = 4L << 20;

    private final InputStream in;
    private final TimeUnit precision;
    private final MemoryBudget.Share share;
    private final PointReader reader = new PointReader();
    private byte[] buffer;
    private int begin;
    private int limit;
    private boolean complete;
    private boolean again;
    private long dropped;
    private long readAgain;

    private Found found;
    private int lineStart;
    private int lineEnd;
    private long number = -1;
    private String reason;

    /**
     * @param expected about how many bytes there will be; a body of one record needs no large buffer
     * @param precision of its timestamps
     * @param share pays for a buffer that a long line makes larger
     */
    LineScanner(InputStream in, long expected, TimeUnit precision, MemoryBudget.Share share) {
        this.in = in;
        this.precision = precision;
        this.buffer = new byte[(int) Math.min(INITIAL_CAPACITY, Math.max(LEAST_CAPACITY, expected + 1))];
        this.share = share;
    }

    /**
     * Goes to the next line that is not blank.
     *
     * @return false at the end
     * @throws IOException when the stream is broken
     * @throws UploadRefusedException when a line needs more memory than there is
     */
    boolean next() throws IOException {
        if (again) {
            again = false;
            return true;
        }
        do {
            if (begin == limit && complete) {
                return false;
            }
            found = read();
        } while (found == Found.BLANK);
        number++;
        return true;
    }

    /** Lets the next call of {@link #next} give this line once more. */
    LineScanner again() {
        again = true;
        return this;
    }

    /** Whether the line is a point. */
    boolean isPoint() {
        return found == Found.POINT;
    }

    PointReader point() {
        return reader;
    }

    /** Why the line is no point. */
    String reason() {
        return reason;
    }

    byte[] bytes() {
        return buffer;
    }

    int start() {
        return lineStart;
    }

    /** Behind the line and its line feed. */
    int end() {
        return lineEnd;
    }

    /** Of the line among those that are not blank, from 0. */
    long number() {
        return number;
    }

    /** Where the line begins in the stream, in bytes. */
    long offset() {
        return dropped + lineStart;
    }

    private Found read() throws IOException {
        while (true) {
            Found now = reader.read(buffer, begin, limit, complete);
            int end = reader.end();
            if (now == Found.MALFORMED) {
                reason = reader.reason();
                end = endOfMalformed(end);
            }
            if (now != Found.UNFINISHED && end >= 0) {
                lineStart = begin;
                lineEnd = end;
                begin = end;
                return checked(now);
            }
            fill();
        }
    }

    private Found checked(Found now) {
        if (now == Found.POINT && reader.hasTimestamp() && !fits(reader.timestamp())) {
            reason = "a timestamp beyond 64-bit nanoseconds";
            return Found.MALFORMED;
        }
        return now;
    }

    /** Whether a time fits into 64-bit nanoseconds; what does not becomes the largest or the smallest one. */
    private boolean fits(long time) {
        return precision.convert(precision.toNanos(time), TimeUnit.NANOSECONDS) == time;
    }

    /** @return -1 when it is not there yet */
    private int endOfMalformed(int lookedAt) {
        int from = begin;
        if (readAgain > MOST_READ_AGAIN) {
            from = Math.max(begin, lookedAt - 1);
        }
        int lineFeed = lineFeed(from);
        if (lineFeed < 0) {
            return complete ? limit : -1;
        }
        readAgain += Math.max(0, lookedAt - lineFeed);
        return lineFeed + 1;
    }

    private int lineFeed(int from) {
        for (int i = from; i < limit; i++) {
            if (buffer[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    /** Reads on, behind what is not used up yet, until the buffer is full. */
    private void fill() throws IOException {
        if (begin > 0) {
            System.arraycopy(buffer, begin, buffer, 0, limit - begin);
            dropped += begin;
            limit -= begin;
            begin = 0;
        }
        if (limit == buffer.length) {
            share.work((long) COPIES * buffer.length);
            buffer = Arrays.copyOf(buffer, Math.toIntExact(2L * buffer.length));
        }
        while (limit < buffer.length) {
            int read = in.read(buffer, limit, buffer.length - limit);
            if (read < 0) {
                complete = true;
                return;
            }
            limit += read;
        }
    }

    /** Gives back what unpacking takes outside the heap. */
    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
