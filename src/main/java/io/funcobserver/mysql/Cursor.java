package io.funcobserver.mysql;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * How far a tail has come: what it needs to go on after a restart.
 *
 * @param seq the number of the newest row whose lines are safe in the spool, as an unsigned decimal
 * @param sample some of the rows read last: hashes of their identity by number
 * @param tableCreated when the table was created, as MySQL says it, or null
 * @param gaps the numbers below {@code seq} that are still looked at for rows that become visible late: pairs of first
 *     and last, as unsigned decimals
 * @param buffer where the tail stands in the list that holds records before they have a row, or null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Cursor(String seq, Map<String, String> sample, String tableCreated, List<List<String>> gaps, Buffer buffer) {
    /**
     * Hashes of ids, in hexadecimal.
     *
     * @param head the newest entry of the last whole pass over the list
     * @param passHead the newest entry of a pass that was not at its end
     * @param reached how far that pass had come
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Buffer(String head, String passHead, String reached) {}

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * @return null where there is none yet
     * @throws IOException also when there is something else in its place: guessing would lose rows or send them all again
     */
    static Cursor read(CursorStore store) throws IOException {
        byte[] json = store.read();
        if (json == null) {
            return null;
        }
        try {
            Cursor cursor = JSON.readValue(json, Cursor.class);
            cursor.verify();
            return cursor;
        } catch (JacksonException
                | IllegalArgumentException
                | IndexOutOfBoundsException
                | NullPointerException malformed) {
            throw new IOException(
                    "the cursor " + store.place() + " is not readable as a cursor; correct it, or remove it to"
                            + " begin again as records.start says");
        }
    }

    /**
     * Looks at every part before any of it is used.
     *
     * @throws RuntimeException of some kind where one is not what it should be
     */
    private void verify() {
        Long.parseUnsignedLong(seq);
        if (sample != null) {
            sample.forEach((number, hash) -> {
                Long.parseUnsignedLong(number);
                Objects.requireNonNull(hash);
            });
        }
        if (gaps != null) {
            for (List<String> gap : gaps) {
                long from = Long.parseUnsignedLong(gap.get(0));
                if (Long.compareUnsigned(from, Long.parseUnsignedLong(gap.get(1))) > 0) {
                    throw new IllegalArgumentException("a gap ends before it begins");
                }
            }
        }
        if (buffer != null) {
            for (String hash : new String[] {buffer.head(), buffer.passHead(), buffer.reached()}) {
                if (hash != null) {
                    Long.parseUnsignedLong(hash, 16);
                }
            }
        }
    }

    byte[] json() throws IOException {
        return JSON.writeValueAsBytes(this);
    }
}
