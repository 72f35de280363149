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
        if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        if (value instanceof BigInteger big) {
            return narrowed(big);
        }
        if (value instanceof BigDecimal decimal) {
            return of(decimal);
        }
        if (value instanceof Double || value instanceof Float) {
            double number = ((Number) value).doubleValue();
            return Double.isFinite(number) ? of(new BigDecimal(number)) : null;
        }
        if (value instanceof byte[] utf8) {
            return utf8.length > MAX_DIGITS ? null : ofText(new String(utf8, StandardCharsets.UTF_8));
        }
        return value instanceof CharSequence text && text.length() <= MAX_DIGITS ? ofText(text.toString()) : null;
    }

    private static Number of(BigDecimal decimal) {
        BigDecimal plain = decimal.stripTrailingZeros();
        // A huge exponent would become a huge number of digits.
        boolean whole = plain.scale() <= 0 && plain.precision() - (long) plain.scale() <= MAX_DIGITS;
        return whole ? narrowed(plain.toBigInteger()) : null;
    }

    private static Number ofText(String text) {
        try {
            return narrowed(new BigInteger(text.strip()));
        } catch (NumberFormatException notWhole) {
            return null;
        }
    }

    private static Number narrowed(BigInteger big) {
        if (big.bitLength() < Long.SIZE) {
            return big.longValue();
        }
        return big;
    }
}
