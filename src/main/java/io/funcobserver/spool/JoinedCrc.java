package io.funcobserver.spool;

/**
 * The CRC-32 of two texts after one another, from the CRC-32 of each: without reading either again.
 *
 * <p>A CRC is linear over GF(2): to put n zero bytes behind a text is to multiply its CRC by a matrix, and n of them by that
 * matrix' n-th power, which takes about as many steps as n has bits.
 */
final class JoinedCrc {
    private static final int BITS = 32;
    /** The polynomial of gzip's CRC-32, lowest bit first. */
    private static final int POLYNOMIAL = 0xedb88320;

    private JoinedCrc() {}

    /**
     * @param first CRC-32 of the first text
     * @param second CRC-32 of the second text
     * @param secondLength of the second text, in bytes
     */
    static long of(long first, long second, long secondLength) {
        int[] shift = square(square(square(oneZeroBit())));
        int crc = (int) first;
        for (long rest = secondLength; rest != 0; rest >>>= 1) {
            if ((rest & 1) != 0) {
                crc = times(shift, crc);
            }
            shift = square(shift);
        }
        return (crc ^ (int) second) & 0xffffffffL;
    }

    private static int[] oneZeroBit() {
        int[] matrix = new int[BITS];
        matrix[0] = POLYNOMIAL;
        for (int i = 1; i < BITS; i++) {
            matrix[i] = 1 << (i - 1);
        }
        return matrix;
    }

    private static int times(int[] matrix, int vector) {
        int product = 0;
        for (int i = 0; i < BITS; i++) {
            if ((vector >>> i & 1) != 0) {
                product ^= matrix[i];
            }
        }
        return product;
    }

    private static int[] square(int[] matrix) {
        int[] squared = new int[BITS];
        for (int i = 0; i < BITS; i++) {
            squared[i] = times(matrix, matrix[i]);
        }
        return squared;
    }
}
