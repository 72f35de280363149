package io.funcobserver.mysql;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * How far a tail has come: what it needs to go on after a restart.
 *
 * @param seq the number of the newest row whose lines are safe in the spool, as an unsigned decimal
 * @param identity what the identity column of that row holds, or null where the row or the column is not known
 * @param tableCreated when the table was created, as MySQL says it, or null
 * @param gaps the numbers below {@code seq} that are still looked at for rows that become visible late: pairs of first
 *     and last, as unsigned decimals
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Cursor(String seq, String identity, String tableCreated, List<List<String>> gaps) {}
