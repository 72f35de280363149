package io.funcobserver.delivery;

import io.funcobserver.observe.Destination;

/**
 * Lines that are given up, on their way to the dead letters.
 *
 * @param destination that they were for
 * @param name tells it from every other one
 * @param lines plain
 * @param report why
 */
public record DeadLetter(Destination destination, String name, byte[] lines, DeadLetterReport report) {}
