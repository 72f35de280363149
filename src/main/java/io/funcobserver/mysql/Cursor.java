package io.funcobserver.mysql;

import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;

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
}
