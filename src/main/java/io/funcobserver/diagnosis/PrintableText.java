package io.funcobserver.diagnosis;

/**
 * Text from outside, made safe to read in a log, on a terminal and in a report: one line, of bounded length, that can
 * neither move a cursor nor hide or turn round what stands beside it.
 *
 * <p>Secrets must be masked before: half a secret, left by the cut, is not recognised.
 */
public final class PrintableText {
    private static final String CUT = "…";

    private PrintableText() {}

    /**
     * The text with one space for tabs, ends of lines and the spaces behind them, and with a Java escape such as {@code \u202E} for each
     * control character (C0, DEL, C1), each invisible format character (bidirectional, zero-width, byte order mark),
     * line and paragraph separators, and halves of surrogate pairs.
     *
     * @param most characters; what is longer is cut there and ends in {@code …}
     */
    public static String of(String text, int most) {
        if (text == null) {
            return "";
        }
        StringBuilder line = new StringBuilder(Math.min(text.length(), most) + 8);
        boolean begins = true;
        for (int at = 0; at < text.length(); ) {
            int c = text.codePointAt(at);
            at += Character.charCount(c);
            int before = line.length();
            boolean breaks = c == '\t' || c == '\n' || c == '\r';
            if (begins && (breaks || c == ' ')) {
                continue;
            }
            begins = breaks;
            if (breaks) {
                line.append(line.charAt(before - 1) == ' ' ? "" : " ");
            } else if (isHidden(c)) {
                escape(c, line);
            } else {
                line.appendCodePoint(c);
            }
            if (line.length() > most) {
                line.setLength(before);
                return line.append(CUT).toString().strip();
            }
        }
        return line.toString().strip();
    }

    /** The whole text with its lines as they are, and the same escapes for all else that is not seen as itself. */
    public static String ofLines(String text) {
        StringBuilder lines = new StringBuilder(text.length() + 16);
        for (int at = 0; at < text.length(); ) {
            int c = text.codePointAt(at);
            at += Character.charCount(c);
            if (c != '\n' && c != '\t' && isHidden(c)) {
                escape(c, lines);
            } else {
                lines.appendCodePoint(c);
            }
        }
        return lines.toString();
    }

    private static void escape(int c, StringBuilder out) {
        for (char unit : Character.toChars(c)) {
            out.append(String.format("\\u%04X", (int) unit));
        }
    }

    private static boolean isHidden(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> true;
            default -> false;
        };
    }
}
