package io.funcobserver.mysql;

/**
 * Where a tail reads.
 *
 * @param name of the measurement, and of the cursor
 * @param table the table that grows
 * @param sql the query for a page, or where it stands; needed for a row that does not fit into memory
 * @param trackingColumn the column whose numbers grow with each row
 * @param identityColumn the column that tells a record from every other one
 * @param buffer the key of the Redis list that holds records before they have a row; empty where there is none
 */
record TailSource(String name, String table, String sql, String trackingColumn, String identityColumn, String buffer) {}
