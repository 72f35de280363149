package io.funcobserver.delivery;

/**
 * Lines that are given up, on their way to the dead letters.
 *
 * @param lines plain
 * @param report why
 */
public record DeadLetter(DeadLetterId id, byte[] lines, DeadLetterReport report) {}
