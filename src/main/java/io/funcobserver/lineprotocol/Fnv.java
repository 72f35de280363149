package io.funcobserver.lineprotocol;

/** The 64-bit hash FNV-1a, which gives the same number on every machine and in every language. */
public final class Fnv {
    /** The hash of no byte, which {@link #go} begins with. */
    public static final long OFFSET_BASIS = 0xcbf29ce484222325L;

    private static final long PRIME = 0x100000001b3L;

    private Fnv() {}

    /** @return to be read as unsigned */
    public static long hash(byte[] bytes, int from, int to) {
        return go(OFFSET_BASIS, bytes, from, to);
    }

    /** Goes on with the hash of what stands before these bytes. */
    public static long go(long before, byte[] bytes, int from, int to) {
        long hash = before;
        for (int i = from; i < to; i++) {
            hash = (hash ^ (bytes[i] & 0xff)) * PRIME;
        }
        return hash;
    }

    /** @return to be read as unsigned */
    public static long hash(byte[] bytes) {
        return hash(bytes, 0, bytes.length);
    }
}
