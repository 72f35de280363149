package io.funcobserver.func;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

import io.funcobserver.lineprotocol.Utf8;

/** Counts keys by prefix, in bounded memory. */
final class PrefixCounts {
    static final String FOREIGN = "NON_DFF_KEY";
    static final String OTHER = "OTHER";

    /** Beyond so many different prefixes, or so many characters of them, new ones are only counted together. */
    private static final int MOST_PREFIXES = 100_000;

    private static final int MOST_CHARACTERS = 8 << 20;

    /** A tag's value takes no more bytes: longer prefixes are counted by their first so many. */
    private static final int LONGEST_PREFIX = 1024;

    private final String appName;
    private final Map<String, long[]> counts = new HashMap<>();
    private int characters;
    private long foreign;
    private long other;

    PrefixCounts(String appName) {
        this.appName = appName;
    }

    /**
     * The prefix of a key.
     *
     * <p>Func's keys begin with its APP_NAME and have the form {@code topic@name} or, with tags, {@code
     * topic@name:k1:v1:k2:v2:}.
     */
    String prefix(String key) {
        if (!key.startsWith(appName)) {
            return FOREIGN;
        }
        int colon = key.indexOf(':');
        String beginning = key.substring(0, Math.min(colon < 0 ? key.length() : colon, LONGEST_PREFIX));
        byte[] prefix = Utf8.of(colon < 0 ? beginning : beginning + ":TAGS");
        return new String(prefix, 0, Utf8.cut(prefix, 0, prefix.length, LONGEST_PREFIX), StandardCharsets.UTF_8);
    }

    void add(String key) {
        String prefix = prefix(key);
        if (prefix.equals(FOREIGN)) {
            foreign++;
            return;
        }
        long[] count = counts.get(prefix);
        if (count != null) {
            count[0]++;
        } else if (counts.size() < MOST_PREFIXES && characters + prefix.length() <= MOST_CHARACTERS) {
            counts.put(prefix, new long[] {1});
            characters += prefix.length();
        } else {
            other++;
        }
    }

    /**
     * The largest prefixes with their counts, the largest first; then the rest under {@link #OTHER} and the keys that are
     * not Func's under {@link #FOREIGN}, where there are any.
     */
    Map<String, Long> top(int most) {
        Map<String, Long> top = new LinkedHashMap<>();
        counts.entrySet().stream()
                .sorted(Comparator.<Map.Entry<String, long[]>>comparingLong(entry -> -entry.getValue()[0])
                        .thenComparing(Map.Entry::getKey))
                .limit(most)
                .forEach(entry -> top.put(entry.getKey(), entry.getValue()[0]));
        long all = counts.values().stream().mapToLong(count -> count[0]).sum();
        long named = top.values().stream().mapToLong(Long::longValue).sum();
        if (all + other > named) {
            top.merge(OTHER, all + other - named, Long::sum);
        }
        if (foreign > 0) {
            top.merge(FOREIGN, foreign, Long::sum);
        }
        return top;
    }
}
