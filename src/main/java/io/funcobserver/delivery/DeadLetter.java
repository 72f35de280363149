package io.funcobserver.delivery;

import io.funcobserver.lineprotocol.Category;

/**
 * Lines that are given up, on their way to the dead letters.
 *
 * @param target that they were for
 * @param name tells it from every other one
 * @param lines plain
 * @param report why
 */
public record DeadLetter(String target, Category category, String name, byte[] lines, DeadLetterReport report) {}
