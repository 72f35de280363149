package io.funcobserver.spool;

import java.util.List;

/**
 * What goes into one request: the lines of one or several spool files in order.
 *
 * @param files where the lines come from; at least one
 * @param lines how many they are, by the files' names
 * @param bytes how many bytes they have before gzip
 * @param gzipped the lines, gzipped: the content of the files, one after the other
 */
public record Batch(List<SpoolFile> files, long lines, long bytes, byte[] gzipped) {}
