package io.funcobserver.faults;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** What may answer where a server should: by name, for tests and for {@link Chaos}. */
final class BadServers {
    private static final String OK = "HTTP/1.1 200 OK\r\n";

    private BadServers() {}

    /** In the place of a target. None of them has taken the lines. */
    static Map<String, Link.Serving> targets() {
        Map<String, Link.Serving> targets = new LinkedHashMap<>();
        targets.put("silence", BadServers::silence);
        targets.put("never reads", socket -> Thread.sleep(Long.MAX_VALUE));
        targets.put("header without end", afterRequest(socket -> repeat(socket, OK + "X: ", "x".repeat(1000), 0)));
        targets.put("headers without end", afterRequest(socket -> repeat(socket, OK, "X: y\r\n", 0)));
        targets.put(
                "hints without end",
                afterRequest(socket -> repeat(socket, "", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", 1)));
        targets.put(
                "drips its answer",
                afterRequest(socket -> repeat(socket, OK + "Content-Length: 100000\r\n\r\n", "x", 50)));
        targets.put("drips its header", afterRequest(socket -> repeat(socket, "HTTP/1.1 2", "0", 50)));
        targets.put(
                "body without end, 503",
                afterRequest(socket -> repeat(
                        socket,
                        "HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n",
                        "400\r\n" + "x".repeat(1024) + "\r\n",
                        0)));
        targets.put(
                "web page",
                afterRequest(socket -> repeat(
                        socket, "", OK + "Content-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>", 100)));
        targets.put(
                "redirect to itself",
                afterRequest(socket -> repeat(
                        socket,
                        "",
                        "HTTP/1.1 307 There\r\nLocation: /v1/write/metric\r\nContent-Length: 0\r\n\r\n",
                        100)));
        targets.put(
                "less than announced",
                afterRequest(socket -> write(socket, "HTTP/1.1 503 No\r\nContent-Length: 1000\r\n\r\nx")));
        targets.put("no HTTP", afterRequest(socket -> repeat(socket, "", "220 mail ESMTP\r\n", 1)));
        targets.put("closes in the request", socket -> socket.getInputStream().readNBytes(50));
        return targets;
    }

    /** In the place of MySQL. */
    static Map<String, Link.Serving> mySql() {
        Map<String, Link.Serving> servers = new LinkedHashMap<>();
        servers.put("silence", BadServers::silence);
        servers.put("closes at once", socket -> {});
        servers.put("no MySQL", socket -> repeat(socket, "", "SSH-2.0-OpenSSH_9.2\r\n", 1));
        servers.put("packet without end", socket -> repeat(socket, "\u00ff\u00ff\u00ff\0\n", "x".repeat(1000), 0));
        servers.put("drips", socket -> repeat(socket, "\u0050\0\0\0\n", "1", 50));
        servers.put("too many connections", socket -> {
            String error = "\u00ff\u0010\u0004Too many connections";
            write(socket, (char) error.length() + "\0\0\0" + error);
            silence(socket);
        });
        return servers;
    }

    /** In the place of Redis. */
    static Map<String, Link.Serving> redis() {
        Map<String, Link.Serving> servers = new LinkedHashMap<>();
        servers.put("silence", BadServers::silence);
        servers.put("closes at once", socket -> {});
        servers.put("no Redis", socket -> repeat(socket, "", "HTTP/1.1 400 Bad Request\r\n\r\n", 1));
        servers.put("error without end", afterRequest(socket -> repeat(socket, "-ERR ", "x".repeat(1000), 0)));
        servers.put("text without end", afterRequest(socket -> repeat(socket, "$2147483640\r\n", "x".repeat(1000), 0)));
        servers.put(
                "values without end",
                afterRequest(socket -> repeat(socket, "*2147483640\r\n", "$1\r\nx\r\n".repeat(100), 0)));
        servers.put(
                "values in values without end", afterRequest(socket -> repeat(socket, "", "*1\r\n".repeat(1000), 0)));
        servers.put(
                "is loading",
                afterRequest(socket -> repeat(socket, "", "-LOADING Redis is loading the dataset in memory\r\n", 10)));
        servers.put("has moved", afterRequest(socket -> repeat(socket, "", "-MOVED 1 192.0.2.1:6379\r\n", 10)));
        servers.put("drips", afterRequest(socket -> repeat(socket, "$1000\r\n", "x", 50)));
        return servers;
    }

    private static void silence(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        byte[] buffer = new byte[1 << 16];
        while (in.read(buffer) >= 0) {
            // Says nothing.
        }
    }

    private static Link.Serving afterRequest(Link.Serving serving) {
        return socket -> {
            // What else comes is read too, or a reset would take the answer with it.
            socket.getInputStream().read();
            Thread reader = new Thread(() -> {
                try {
                    silence(socket);
                } catch (IOException e) {
                    // It is over.
                }
            });
            reader.setDaemon(true);
            reader.start();
            serving.serve(socket);
        };
    }

    private static void repeat(Socket socket, String begin, String more, int pauseMillis) throws Exception {
        write(socket, begin);
        while (true) {
            write(socket, more);
            if (pauseMillis > 0) {
                Thread.sleep(pauseMillis);
            }
        }
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
