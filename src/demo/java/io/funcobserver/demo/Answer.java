package io.funcobserver.demo;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a {@link Receiver} behaves towards one request.
 *
 * @param kind what happens
 * @param status of an answer that is given without looking at the body
 * @param delay before the answer
 */
public record Answer(Kind kind, int status, Map<String, String> headers, byte[] body, Duration delay) {
    /** What happens to a request. */
    public enum Kind {
        /** The body is read, checked and stored, and answered as DataKit does. */
        USUAL,
        /** The body is read and thrown away, the answer is the given one. */
        STATUS,
        /** The body is checked and stored as usual, the answer is the given one. */
        STORE_THEN_STATUS,
        /** The connection is reset when a part of the body has been read. */
        RESET_IN_BODY,
        /** The body is read and thrown away, the connection closed without an answer. */
        RESET_BEFORE_ANSWER,
        /** The body is checked and stored as usual, the connection closed without an answer. */
        STORE_THEN_RESET,
        /** The body is read and thrown away, and nothing answered until the receiver stops. */
        NO_ANSWER
    }

    public static Answer usual() {
        return new Answer(Kind.USUAL, 200, Map.of(), new byte[0], Duration.ZERO);
    }

    public static Answer status(int status) {
        return new Answer(Kind.STATUS, status, Map.of(), new byte[0], Duration.ZERO);
    }

    public static Answer storeThenStatus(int status) {
        return new Answer(Kind.STORE_THEN_STATUS, status, Map.of(), new byte[0], Duration.ZERO);
    }

    public static Answer resetInBody() {
        return new Answer(Kind.RESET_IN_BODY, 0, Map.of(), new byte[0], Duration.ZERO);
    }

    public static Answer resetBeforeAnswer() {
        return new Answer(Kind.RESET_BEFORE_ANSWER, 0, Map.of(), new byte[0], Duration.ZERO);
    }

    public static Answer storeThenReset() {
        return new Answer(Kind.STORE_THEN_RESET, 0, Map.of(), new byte[0], Duration.ZERO);
    }

    public static Answer noAnswer() {
        return new Answer(Kind.NO_ANSWER, 0, Map.of(), new byte[0], Duration.ZERO);
    }

    public Answer header(String name, String value) {
        Map<String, String> all = new TreeMap<>(headers);
        all.put(name, value);
        return new Answer(kind, status, all, body, delay);
    }

    public Answer body(String text) {
        return new Answer(kind, status, headers, text.getBytes(StandardCharsets.UTF_8), delay);
    }

    public Answer after(Duration pause) {
        return new Answer(kind, status, headers, body, pause);
    }

    boolean looksAtBody() {
        return kind == Kind.USUAL || kind == Kind.STORE_THEN_STATUS || kind == Kind.STORE_THEN_RESET;
    }
}
