package io.funcobserver.spool;

/**
 * Lines that go to the spool together.
 *
 * @param rows how many rows of the page have all their lines in this block or an earlier one
 */
record LineBatch(LineBlock block, long rows) {}
