package io.funcobserver.delivery;

import java.time.Duration;
import java.util.Map;

import io.funcobserver.spool.Category;

/**
 * A receiver, and how it is reached.
 *
 * @param name one of {@code targets}, or {@code main}
 * @param urls where each category goes
 * @param authorization the header of that name, null or empty for none
 * @param gzip whether bodies go out gzipped
 * @param connectTimeout the longest wait for a connection
 * @param timeout the longest wait for the whole answer, from the moment the request is sent
 */
public record Target(
        String name,
        Map<Category, TargetUrl> urls,
        String authorization,
        boolean gzip,
        Duration connectTimeout,
        Duration timeout) {
    /** The name of the only target where {@code targets} names none. */
    private static final String MAIN = "main";

    public TargetUrl url(Category category) {
        return urls.get(category);
    }

    /** What the names of its properties begin with: {@code target.}, or {@code target.NAME.} for one of {@code targets}. */
    public String prefix() {
        return name.equals(MAIN) ? "target." : "target." + name + '.';
    }

    /** Whether it is reached by https. */
    public boolean isTls() {
        return urls.values().stream().anyMatch(TargetUrl::isTls);
    }

    /** Leaves the secrets out. */
    @Override
    public String toString() {
        return name;
    }
}
