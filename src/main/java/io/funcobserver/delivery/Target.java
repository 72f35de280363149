package io.funcobserver.delivery;

/**
 * Where and how a category is sent.
 *
 * @param authorization the header of that name, null or empty for none
 * @param gzip whether bodies go out gzipped
 */
public record Target(TargetUrl url, String authorization, boolean gzip) {
    /** Leaves the secrets out. */
    @Override
    public String toString() {
        return url.toString();
    }
}
