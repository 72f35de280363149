package io.funcobserver.spool;

/**
 * Lines that become one file of the spool.
 *
 * @param name of the file
 * @param bytes the lines, gzipped
 * @param lines how many lines they are
 * @param rows how many rows of the page have all their lines in this batch or an earlier one
 */
public record LineBatch(String name, byte[] bytes, long lines, long rows) {}
