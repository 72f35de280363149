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
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Cursor(String seq, Map<String, String> sample, String tableCreated, List<List<String>> gaps) {}
