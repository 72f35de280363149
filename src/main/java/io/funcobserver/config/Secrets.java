package io.funcobserver.config;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Masks the secrets of the settings in any text that reaches a user, a log or a file.
 *
 * <p>Texts that are cut must be masked before they are cut: half a secret is not recognised.
 */
public final class Secrets {
    private static final String MASK = "***";

    /** A shorter secret is masked only where it stands as a word, or it would eat the text around it. */
    private static final int SHORT = 4;

    /** Parameters of the receivers' URLs that say where to, not who. */
    private static final Set<String> HARMLESS_PARAMETERS = Set.of(
            "db", "database", "org", "orgid", "bucket", "precision", "rp", "consistency", "input", "version", "source");

    /** Of what is passed through to Kafka and Camel. */
    private static final Pattern SECRET_KEY =
            Pattern.compile("(?i)passw|passphrase|secret|token|jaas|credential|keystore\\.key");

    /** {@code password="…"} and the like in a JAAS configuration. */
    private static final Pattern SECRET_INSIDE =
            Pattern.compile("(?i)(?:passw\\w*|\\w*secret|token\\w*)\\s*=\\s*\"?([^\";\\s]+)");

    private static final Set<String> HARMLESS_VALUES = Set.of("true", "false", "yes", "no");

    private final Set<String> secrets;

    private Secrets(Set<String> secrets) {
        this.secrets = secrets;
    }

    /** Before there are settings. */
    public static Secrets none() {
        return new Secrets(Set.of());
    }

    public static Secrets of(Settings settings) {
        Collector collector = new Collector();
        for (Property property : settings.catalogue().properties()) {
            if (property.secret()) {
                String value = settings.text(property.key());
                switch (property.type().name()) {
                    case "URL", "path" -> collector.query(value);
                    case "header" -> collector.authorization(value);
                    default -> collector.add(value);
                }
            }
        }
        settings.passedThrough().forEach((key, value) -> {
            if (SECRET_KEY.matcher(key).find()) {
                collector.add(value);
                SECRET_INSIDE.matcher(value).results().forEach(found -> collector.add(found.group(1)));
            }
        });
        return new Secrets(collector.found);
    }

    /** The text with {@code ***} for each secret; null stays null. */
    public String mask(String text) {
        if (text == null || secrets.isEmpty()) {
            return text;
        }
        BitSet masked = new BitSet();
        for (String secret : secrets) {
            for (int at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + 1)) {
                if (secret.length() >= SHORT || isWord(text, at, at + secret.length())) {
                    masked.set(at, at + secret.length());
                }
            }
        }
        if (masked.isEmpty()) {
            return text;
        }
        StringBuilder result = new StringBuilder(text.length());
        int from = 0;
        for (int start = masked.nextSetBit(0); start >= 0; start = masked.nextSetBit(from)) {
            result.append(text, from, start).append(MASK);
            from = masked.nextClearBit(start);
        }
        return result.append(text, from, text.length()).toString();
    }

    private static boolean isWord(String text, int from, int to) {
        return (from == 0 || !Character.isLetterOrDigit(text.charAt(from - 1)))
                && (to == text.length() || !Character.isLetterOrDigit(text.charAt(to)));
    }

    /** Hides what it holds. */
    @Override
    public String toString() {
        return secrets.size() + " secrets";
    }

    /** Gathers secrets with the forms in which they can come back. */
    private static final class Collector {
        private static final Pattern ESCAPE = Pattern.compile("%..");

        private final Set<String> found = new TreeSet<>();

        void add(String secret) {
            if (secret == null || secret.isBlank()) {
                return;
            }
            found.add(secret);
            found.add(secret.strip());
            String form = URLEncoder.encode(secret, StandardCharsets.UTF_8);
            for (String encoded : List.of(form, form.replace("+", "%20"))) {
                found.add(encoded);
                found.add(lowerCaseEscapes(encoded));
            }
            String json = secret.replace("\\", "\\\\").replace("\"", "\\\"");
            found.add(json);
            found.add(json.replace("/", "\\/"));
            found.add(Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8)));
        }

        void authorization(String header) {
            add(header);
            String[] words = header == null ? new String[0] : header.strip().split(" +", 2);
            if (words.length == 2) {
                // InfluxDB 1.x: "Token user:password".
                credentials(words[1]);
                if (words[0].equalsIgnoreCase("basic")) {
                    credentials(decodedBase64(words[1]));
                }
            }
        }

        void query(String address) {
            int mark = address == null ? -1 : address.indexOf('?');
            if (mark < 0) {
                return;
            }
            for (String parameter : address.substring(mark + 1).split("&")) {
                int equals = parameter.indexOf('=');
                String name = equals < 0 ? "" : parameter.substring(0, equals).toLowerCase(Locale.ROOT);
                String value = parameter.substring(equals + 1);
                if (!HARMLESS_PARAMETERS.contains(name) && !HARMLESS_VALUES.contains(value)) {
                    add(value);
                    add(decoded(value));
                }
            }
        }

        /** {@code user:password}, of which the second is a secret by itself. */
        private void credentials(String pair) {
            add(pair);
            int colon = pair.indexOf(':');
            if (colon >= 0) {
                add(pair.substring(colon + 1));
            }
        }

        /** Empty where it is no Base64: the token itself is masked already. */
        private static String decodedBase64(String token) {
            try {
                return new String(Base64.getDecoder().decode(token), StandardCharsets.UTF_8);
            } catch (IllegalArgumentException e) {
                return "";
            }
        }

        private static String decoded(String value) {
            try {
                return URLDecoder.decode(value, StandardCharsets.UTF_8);
            } catch (IllegalArgumentException e) {
                return value;
            }
        }

        private static String lowerCaseEscapes(String encoded) {
            return ESCAPE.matcher(encoded).replaceAll(escape -> escape.group().toLowerCase(Locale.ROOT));
        }
    }
}
