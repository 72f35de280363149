package io.funcobserver.redis;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * What Redis sends, watched answer by answer: the bytes, the length of a line, and what is announced before it comes.
 *
 * <p>Jedis reserves memory for whatever length an answer announces, and gathers a line until it ends. So each byte is
 * looked at here before Jedis sees it, by the framing of RESP2.
 */
final class BoundedAnswers extends FilterInputStream {
    /** The most bytes of one answer. */
    static final int MOST_BYTES = 16 << 20;

    /** The most values of one answer, nested ones among them: each costs some fifty bytes of memory beside its own. */
    static final int MOST_VALUES = 250_000;

    /** How deep values may stand in values: Jedis reads each level by a call of its own. No command used needs more than 3. */
    static final int DEEPEST = 16;

    /** The longest line: a status, an error, a number. */
    static final int LONGEST_LINE = 64 << 10;

    /** The longest that one answer may take; the socket's time-out begins anew with each byte. */
    static final Duration LONGEST_ANSWER = Duration.ofMinutes(1);

    private enum State {
        TYPE,
        LINE,
        BULK
    }

    private State state = State.TYPE;
    private char type;
    private long number;
    private boolean negative;
    private long lineBytes;
    private long bulkLeft;

    /** How many values each level of the answer still lacks, the innermost last. */
    private final long[] valuesLeft = new long[DEEPEST + 1];

    private final LongSupplier nanoTime;
    private long begun;
    private int depth;
    /** How many values the outermost array has. */
    private long outermost;

    private long values;
    private long bytes;

    /** What the next call throws. */
    private IOException failure;

    BoundedAnswers(InputStream in) {
        this(in, System::nanoTime);
    }

    BoundedAnswers(InputStream in, LongSupplier nanoTime) {
        super(in);
        this.nanoTime = nanoTime;
        valuesLeft[0] = 1;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /**
     * @throws AnswerTooLargeException before the bytes that ask for too much are handed over; whole answers that came with
     *     them are handed over first
     */
    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (failure != null) {
            throw failure;
        }
        int count = super.read(buffer, offset, length);
        long now = nanoTime.getAsLong();
        begun = bytes == 0 ? now : begun;
        if (now - begun > LONGEST_ANSWER.toNanos()) {
            throw new SocketTimeoutException(
                    "Redis takes more than " + LONGEST_ANSWER.toSeconds() + " s for one answer");
        }
        int end = offset + count;
        int whole = offset;
        try {
            for (int at = offset; at < end; ) {
                at += state == State.BULK ? skip(end - at) : look((char) (buffer[at] & 0xff));
                whole = bytes == 0 ? at : whole;
            }
        } catch (IOException e) {
            if (whole == offset) {
                throw e;
            }
            failure = e;
            return whole - offset;
        }
        return count;
    }

    private int skip(int available) throws IOException {
        int skipped = (int) Math.min(bulkLeft, available);
        count(skipped);
        bulkLeft -= skipped;
        if (bulkLeft == 0) {
            valueEnds();
        }
        return skipped;
    }

    private int look(char character) throws IOException {
        count(1);
        if (state == State.TYPE) {
            if ("+-:$*".indexOf(character) < 0) {
                throw new IOException("what answers does not speak the protocol of Redis");
            }
            type = character;
            number = 0;
            negative = false;
            lineBytes = 0;
            state = State.LINE;
        } else if (character == '\n') {
            lineEnds();
        } else {
            inLine(character);
        }
        return 1;
    }

    private void inLine(char character) throws IOException {
        if (++lineBytes > LONGEST_LINE) {
            throw new AnswerTooLargeException(
                    "Redis answers with a line of more than " + LONGEST_LINE / 1024 + " KiB, which is not read",
                    index());
        }
        if (character == '-') {
            negative = true;
        } else if (character >= '0' && character <= '9' && number <= Integer.MAX_VALUE) {
            number = number * 10 + character - '0';
        }
    }

    private void lineEnds() throws IOException {
        boolean nothing = negative || number == 0;
        if (type == '$' && !negative) {
            announce(bytes + number);
            // With the line's end.
            bulkLeft = number + 2;
            state = State.BULK;
        } else if (type == '*' && !nothing) {
            nest();
        } else {
            valueEnds();
        }
    }

    private void nest() throws IOException {
        values += number;
        if (values > MOST_VALUES) {
            throw new AnswerTooLargeException(
                    "Redis answers with more than " + MOST_VALUES + " values at once, which are not read", index());
        }
        if (++depth > DEEPEST) {
            throw new AnswerTooLargeException(
                    "Redis answers with values nested more than " + DEEPEST + " deep, which are not read", index());
        }
        valuesLeft[depth] = number;
        outermost = depth == 1 ? number : outermost;
        state = State.TYPE;
    }

    private void valueEnds() {
        state = State.TYPE;
        while (--valuesLeft[depth] == 0) {
            if (depth == 0) {
                valuesLeft[0] = 1;
                values = 0;
                bytes = 0;
                return;
            }
            depth--;
        }
    }

    private void count(int read) throws IOException {
        bytes += read;
        announce(bytes);
    }

    private void announce(long bytes) throws IOException {
        if (bytes > MOST_BYTES) {
            throw new AnswerTooLargeException(
                    "Redis answers with more than " + (MOST_BYTES >> 20) + " MiB at once, which are not read", index());
        }
    }

    /** How many values of the answer, an array, have come whole. */
    private int index() {
        return depth == 0 ? 0 : (int) (outermost - valuesLeft[1]);
    }
}
