package io.funcobserver.config;

import java.math.BigInteger;

/**
 * Where a tail without a cursor begins.
 *
 * @param seq for {@link Kind#AFTER}, the {@code seq} (BIGINT UNSIGNED) behind which reading begins, else null
 */
public record StartPosition(Kind kind, BigInteger seq) {
    private static final BigInteger LARGEST = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);

    /** The three ways to begin. */
    public enum Kind {
        /** With the rows that come from now on. */
        NOW,
        /** With the oldest row that is there. */
        BEGINNING,
        /** With the first row after a given {@code seq}. */
        AFTER
    }

    /** @throws IllegalArgumentException in the form of {@link PropertyType#parser} */
    static StartPosition parse(String text) {
        switch (text) {
            case "now":
                return new StartPosition(Kind.NOW, null);
            case "beginning":
                return new StartPosition(Kind.BEGINNING, null);
            default:
                if (text.matches("[0-9]{1,20}")) {
                    BigInteger seq = new BigInteger(text);
                    if (seq.compareTo(LARGEST) <= 0) {
                        return new StartPosition(Kind.AFTER, seq);
                    }
                }
                throw new IllegalArgumentException(
                        "is no start of a tail; give now, beginning, or a seq (the rows after it are read)");
        }
    }
}
