package io.funcobserver.delivery;

import java.util.Locale;

/** What an answer of the target means for the lines that were sent. */
public enum Answer {
    /** The lines are stored. */
    ACCEPTED,
    /** The target cannot take them at the moment; the same lines may be welcome later. */
    NOT_NOW,
    /** The target refuses whatever comes this way: a wrong address or a missing right, not a wrong line. */
    MISCONFIGURED,
    /** There is something wrong with these very lines. */
    REJECTED;

    private static final int HTML_SEARCHED = 256;

    /**
     * Sorts an HTTP status.
     *
     * <p>401 to 405, 407, 411, 415, 421, 426, 431 and 451 say nothing about lines (RFC 9110, 6585, 7725): no other content
     * would be welcome.
     */
    public static Answer of(int status) {
        return switch (status) {
            case 408, 425, 429 -> NOT_NOW;
            case 401, 402, 403, 404, 405, 407, 411, 415, 421, 426, 431, 451 -> MISCONFIGURED;
            default ->
                switch (status / 100) {
                    case 2 -> ACCEPTED;
                    case 3 -> MISCONFIGURED;
                    case 4 -> REJECTED;
                    default -> NOT_NOW;
                };
        };
    }

    /**
     * Sorts a whole answer: a page that a browser would show is no receipt, whatever its status; it comes from a login or a
     * captive portal.
     *
     * @param contentType may be null
     * @param text the beginning of the body
     */
    public static Answer of(int status, String contentType, String text) {
        Answer answer = of(status);
        return answer == ACCEPTED && isPage(contentType, text) ? MISCONFIGURED : answer;
    }

    private static boolean isPage(String contentType, String text) {
        if (text.isBlank()) {
            return false;
        }
        String type = contentType == null ? "" : contentType.toLowerCase(Locale.ROOT);
        String begin = text.substring(0, Math.min(text.length(), HTML_SEARCHED))
                .strip()
                .toLowerCase(Locale.ROOT);
        return type.contains("html") || begin.contains("<html") || begin.contains("<!doctype html");
    }
}
