package io.funcobserver.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/** What {@code target.url} and the paths joined to it may look like. Messages never repeat them: they hold tokens. */
final class TargetAddress {
    private TargetAddress() {}

    static String checkUrl(String value) {
        URI uri = parse(value);
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new IllegalArgumentException(
                    "does not begin with http:// or https://; give an absolute URL like http://127.0.0.1:9529");
        }
        if (uri.getRawUserInfo() != null || (uri.getHost() == null && hasUserInfo(uri.getRawAuthority()))) {
            throw new IllegalArgumentException(
                    "holds a user name or password; take it out and give it as target.authorization (Basic …)");
        }
        if (uri.getHost() == null || uri.getPort() > 65535 || uri.getPort() == 0) {
            throw new IllegalArgumentException("has no valid host and port; give a URL like http://127.0.0.1:9529");
        }
        return value;
    }

    static String checkPath(String value) {
        if (value.isEmpty()) {
            return value;
        }
        if (!value.startsWith("/") && !value.startsWith("?")) {
            throw new IllegalArgumentException(
                    "does not begin with /; give a path like /v1/write/metric, or nothing to send none of this category");
        }
        parse("http://host" + value);
        return value;
    }

    private static boolean hasUserInfo(String authority) {
        return authority != null && authority.contains("@");
    }

    private static URI parse(String value) {
        try {
            URI uri = new URI(value);
            if (uri.getRawFragment() != null) {
                throw new IllegalArgumentException("has a part behind #; take it out, or write # as %23");
            }
            return uri;
        } catch (URISyntaxException e) {
            String where = e.getIndex() < 0 ? "" : " at character " + (e.getIndex() + 1);
            // Without the cause, whose message repeats the URL.
            throw new IllegalArgumentException(
                    "is not a valid URL" + where + "; write special characters as %XX, such as %20 for a space");
        }
    }
}
