package io.funcobserver.lineprotocol;

/**
 * One row of a source: a value for each column.
 *
 * <p>A value is {@code null}, a {@link Long} (or another integer type up to {@link java.math.BigInteger}), a {@link
 * Double} or {@link Float}, a {@link java.math.BigDecimal}, a {@link Boolean}, a text as {@code byte[]} of UTF-8 (which
 * may be malformed: MySQL lets lone surrogates in) or as {@link CharSequence}; of anything else, its {@code toString()}
 * counts.
 */
public interface Row {
    Columns columns();

    /** The value of the column at this index of {@link #columns()}. A row may work it out only now. */
    Object value(int column);
}
