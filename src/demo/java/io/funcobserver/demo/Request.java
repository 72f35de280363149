package io.funcobserver.demo;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A request that a {@link Receiver} got, with what became of it.
 *
 * @param number counts from 1
 * @param query without the question mark; null when there is none
 * @param headers by lower-case name, first value only
 * @param body the bytes as they came; only a part of them when the receiver broke off
 * @param lines what the body decodes to; empty when any of it is bad, or it was not looked at
 * @param status what was answered; 0 when nothing was
 */
public record Request(
        int number,
        Instant time,
        String method,
        String path,
        String query,
        Map<String, String> headers,
        byte[] body,
        List<Line> lines,
        int status) {

    /** The header's value, or null. */
    public String header(String name) {
        return headers.get(name.toLowerCase(Locale.ROOT));
    }

    Request withBody(byte[] bytes) {
        return new Request(number, time, method, path, query, headers, bytes, lines, status);
    }

    Request withLines(List<Line> decoded) {
        return new Request(number, time, method, path, query, headers, body, decoded, status);
    }

    Request withStatus(int answered) {
        return new Request(number, time, method, path, query, headers, body, lines, answered);
    }
}
