package io.funcobserver.mysql;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.funcobserver.mysql.Gaps.Range;

/**
 * How far a tail has come: what it needs to go on after a restart.
 *
 * @param seq the number of the newest row whose lines are safe in the spool, as an unsigned decimal
 * @param sample some of the rows read last: hashes of their identity by number
 * @param tableCreated when the table was created, as MySQL says it, or null
 * @param gaps the numbers below {@code seq} that are still looked at for rows that become visible late
 * @param buffer where the tail stands in the list that holds records before they have a row, or null
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
record Cursor(String seq, Map<String, String> sample, String tableCreated, List<Range> gaps, Buffer buffer) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** @throws RuntimeException of some kind where a part is not what it should be */
    Cursor {
        Long.parseUnsignedLong(seq);
        sample = sample == null ? Map.of() : sample;
        sample.keySet().forEach(Long::parseUnsignedLong);
        sample.values().forEach(Objects::requireNonNull);
        gaps = gaps == null ? List.of() : List.copyOf(gaps);
    }

    /**
     * Where the tail stands in the list; earlier versions wrote more.
     *
     * @param head the newest entry of the last whole pass over it: the hash of its id, in hexadecimal; null for none
     */
    @JsonIgnoreProperties({"passHead", "reached"})
    record Buffer(String head) {
        Buffer {
            if (head != null) {
                Long.parseUnsignedLong(head, 16);
            }
        }
    }

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
            return Objects.requireNonNull(JSON.readValue(json, Cursor.class));
        } catch (JacksonException | NullPointerException malformed) {
            throw new IOException(
                    "the cursor " + store.place() + " is not readable as a cursor of this version; correct it, or go"
                            + " back to the version that wrote it, or remove it to begin again as records.start says");
        }
    }

    byte[] json() throws IOException {
        return JSON.writeValueAsBytes(this);
    }
}
