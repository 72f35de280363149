package io.funcobserver.spool;

/**
 * A spool file that may not be sent as it is: a receiver answers 200 to a broken gzip, and loses it.
 *
 * @param file the damaged file
 * @param lines the whole lines that could be read
 * @param whole how many they are
 * @param rest what could be read behind them: the beginning of a line
 * @param lost how many lines are missing by the file's name, the rest included
 * @param reason what is damaged
 */
public record Damage(SpoolFile file, byte[] lines, long whole, byte[] rest, long lost, String reason) {}
