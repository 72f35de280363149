package io.funcobserver.lineprotocol;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/** Reads whole numbers out of whatever a driver gives for them. */
public final class WholeNumber {
    private static final int MAX_DIGITS = 100;

    private WholeNumber() {}

    /**
     * @return a {@link Long}, or a {@link BigInteger} where 64 signed bits do not hold it (BIGINT UNSIGNED); null where
     *     the value is no whole number
     */
    public static Number of(Object value) {
        if (value == null || value instanceof Long) {
            return (Long) value;
        }
        try {
            if (value instanceof Number number) {
                return of(new BigDecimal(number.toString()));
            }
            String text = value instanceof byte[] utf8 ? new String(utf8, StandardCharsets.UTF_8) : value.toString();
            return text.length() > MAX_DIGITS ? null : narrowed(new BigInteger(text.strip()));
        } catch (NumberFormatException notWhole) {
            return null;
        }
    }

    private static Number of(BigDecimal decimal) {
        BigDecimal plain = decimal.stripTrailingZeros();
        // A huge exponent would become a huge number of digits.
        boolean whole = plain.scale() <= 0 && plain.precision() - (long) plain.scale() <= MAX_DIGITS;
        return whole ? narrowed(plain.toBigInteger()) : null;
    }

    private static Number narrowed(BigInteger big) {
        return big.bitLength() < Long.SIZE ? (Number) big.longValue() : big;
    }
}
