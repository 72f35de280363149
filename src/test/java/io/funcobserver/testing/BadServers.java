package io.funcobserver.testing;

import java.util.LinkedHashMap;
import java.util.Map;

/** What may answer where a server should, by name. */
public final class BadServers {
    private static final String OK = "HTTP/1.1 200 OK\r\n";

    private BadServers() {}

    /** In the place of a target. None of them has taken the lines. */
    public static Map<String, RawServer.Serving> targets() {
        String chunked = OK + "Transfer-Encoding: chunked\r\n\r\n";
        String chunk = "400\r\n" + "x".repeat(1024) + "\r\n";
        Map<String, RawServer.Serving> targets = new LinkedHashMap<>();
        targets.put("silence", RawServer::silence);
        targets.put("never-reads", socket -> Thread.sleep(Long.MAX_VALUE));
        targets.put("header-without-end", endless(OK + "X: ", "x".repeat(1000), 0));
        targets.put("headers-without-end", endless(OK, "X: y\r\n", 0));
        targets.put("hints-without-end", endless("", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", 1));
        targets.put("continues-without-end", endless("", "HTTP/1.1 100 Continue\r\n\r\n", 1));
        targets.put("empty-lines-without-end", endless("", "\r\n", 5));
        targets.put("drips-its-answer", endless(OK + "Content-Length: 100000\r\n\r\n", "x", 20));
        targets.put("drips-its-header", endless("HTTP/1.1 2", "0", 20));
        targets.put("drips-a-chunk", endless(chunked + "fffffff\r\n", "x", 20));
        targets.put("drips-the-size-of-a-chunk", endless(chunked, "0", 20));
        targets.put("drips-a-trailer", endless(chunked + "0\r\n", "X: y\r\n", 20));
        targets.put("503-without-end", endless("HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n", chunk, 0));
        targets.put(
                "web-page",
                endless("", OK + "Content-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>", 100));
        targets.put(
                "redirect-to-itself",
                endless("", "HTTP/1.1 307 There\r\nLocation: /v1/write/metric\r\nContent-Length: 0\r\n\r\n", 100));
        targets.put("less-than-announced", saying("HTTP/1.1 503 No\r\nContent-Length: 1000\r\n\r\nx"));
        targets.put("less-than-announced-of-200", saying(OK + "Content-Length: 1000\r\n\r\nok"));
        targets.put("switches", saying("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"));
        targets.put("no-http", endless("", "220 mail ESMTP\r\n", 1));
        targets.put("closes-in-the-request", socket -> socket.getInputStream().readNBytes(50));
        return targets;
    }

    /** In the place of MySQL. */
    public static Map<String, RawServer.Serving> mySql() {
        Map<String, RawServer.Serving> servers = new LinkedHashMap<>();
        servers.put("silence", RawServer::silence);
        servers.put("closes at once", socket -> {});
        servers.put("no MySQL", socket -> RawServer.repeat(socket, "", "SSH-2.0-OpenSSH_9.2\r\n", 1));
        servers.put(
                "packet without end",
                socket -> RawServer.repeat(socket, "\u00ff\u00ff\u00ff\0\n", "x".repeat(1000), 0));
        servers.put("drips", socket -> RawServer.repeat(socket, "\u0050\0\0\0\n", "1", 50));
        servers.put("too many connections", socket -> {
            String error = "\u00ff\u0010\u0004Too many connections";
            RawServer.write(socket, (char) error.length() + "\0\0\0" + error);
            RawServer.silence(socket);
        });
        return servers;
    }

    /** In the place of Redis. */
    public static Map<String, RawServer.Serving> redis() {
        Map<String, RawServer.Serving> servers = new LinkedHashMap<>();
        servers.put("silence", RawServer::silence);
        servers.put("closes at once", socket -> {});
        servers.put("no Redis", socket -> RawServer.repeat(socket, "", "HTTP/1.1 400 Bad Request\r\n\r\n", 1));
        servers.put("error without end", endless("-ERR ", "x".repeat(1000), 0));
        servers.put("text without end", endless("$2147483640\r\n", "x".repeat(1000), 0));
        servers.put("values without end", endless("*2147483640\r\n", "$1\r\nx\r\n".repeat(100), 0));
        servers.put("values in values without end", endless("", "*1\r\n".repeat(1000), 0));
        servers.put("is loading", endless("", "-LOADING Redis is loading the dataset in memory\r\n", 10));
        servers.put("has moved", endless("", "-MOVED 1 192.0.2.1:6379\r\n", 10));
        servers.put("drips", endless("$1000\r\n", "x", 50));
        return servers;
    }

    private static RawServer.Serving endless(String begin, String more, int pauseMillis) {
        return RawServer.afterRequest(socket -> RawServer.repeat(socket, begin, more, pauseMillis));
    }

    private static RawServer.Serving saying(String text) {
        return RawServer.afterRequest(socket -> RawServer.write(socket, text));
    }
}
