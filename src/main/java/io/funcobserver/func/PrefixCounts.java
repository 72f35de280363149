package io.funcobserver.func;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;

/** Counts keys by prefix, in bounded memory. */
public final class PrefixCounts {
    public static final String FOREIGN = "NON_DFF_KEY";
    public static final String OTHER = "OTHER";

    /** Beyond so many different prefixes, or so many characters of them, new ones are only counted together. */
    private static final int MOST_PREFIXES = 100_000;

    private static final int MOST_CHARACTERS = 8 << 20;

    /** A tag's value takes no more bytes: longer prefixes are counted by their first so many. */
    private static final int LONGEST_PREFIX = 1024;

    private final Rule rule;
    private final Map<String, long[]> counts = new HashMap<>();
    private int characters;
    private long foreign;
    private long other;

    /**
     * What the prefix of a key is.
     *
     * <p>Func's keys begin with its APP_NAME and have the form {@code topic@name} or, with tags, {@code
     * topic@name:k1:v1:k2:v2:}.
     */
    public record Rule(String appName) {
        public String prefix(String key) {
            if (!key.startsWith(appName)) {
                return FOREIGN;
            }
            int colon = key.indexOf(':');
            return cut(colon < 0 ? key : key.substring(0, Math.min(colon, LONGEST_PREFIX)) + ":TAGS");
        }

        private static String cut(String prefix) {
            if (prefix.length() <= LONGEST_PREFIX / 3) {
                return prefix;
            }
            int characters = Math.min(prefix.length(), LONGEST_PREFIX);
            if (Character.isHighSurrogate(prefix.charAt(characters - 1))) {
                characters--;
            }
            byte[] bytes = prefix.substring(0, characters).getBytes(StandardCharsets.UTF_8);
            int end = Math.min(bytes.length, LONGEST_PREFIX);
            while (end < bytes.length && (bytes[end] & 0xC0) == 0x80) {
                end--;
            }
            return new String(bytes, 0, end, StandardCharsets.UTF_8);
        }
    }

    public PrefixCounts(Rule rule) {
        this.rule = rule;
    }

    public void add(String key) {
        String prefix = rule.prefix(key);
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
     * The largest prefixes with their counts; the rest under {@link #OTHER} and the keys that are not Func's under {@link
     * #FOREIGN}, where there are any, beside them.
     */
    public Map<String, Long> top(int most) {
        Map<String, Long> top = new HashMap<>();
        long rest = other;
        int taken = 0;
        for (Map.Entry<String, long[]> entry : counts.entrySet().stream()
                .sorted(Comparator.<Map.Entry<String, long[]>>comparingLong(e -> -e.getValue()[0])
                        .thenComparing(Map.Entry::getKey))
                .toList()) {
            if (taken++ < most) {
                top.put(entry.getKey(), entry.getValue()[0]);
            } else {
                rest += entry.getValue()[0];
            }
        }
        if (rest > 0) {
            top.merge(OTHER, rest, Long::sum);
        }
        if (foreign > 0) {
            top.merge(FOREIGN, foreign, Long::sum);
        }
        return top;
    }
}
