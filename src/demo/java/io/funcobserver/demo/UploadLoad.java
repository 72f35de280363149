package io.funcobserver.demo;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Posts records as fast as they are answered, one a request, for a time that is given; so it ends by itself. */
public final class UploadLoad {
    /**
     * What came of it.
     *
     * @param taken how many requests were answered with 200
     * @param refused how many were answered otherwise, or not at all
     * @param seconds that it took
     * @param micros of each answer, sorted
     */
    public record Result(long taken, long refused, double seconds, long[] micros) {
        public double perSecond() {
            return taken / seconds;
        }

        /** The time within which this share of the requests was answered. */
        public Duration within(double share) {
            return micros.length == 0
                    ? Duration.ZERO
                    : Duration.ofNanos(
                            1000 * micros[(int) Math.min(micros.length - 1L, (long) (micros.length * share))]);
        }
    }

    private final int port;
    private final int connections;
    private final int recordBytes;
    private final boolean keepAlive;

    /** @param keepAlive whether a connection is used again; Func opens one for each request */
    public UploadLoad(int port, int connections, int recordBytes, boolean keepAlive) {
        this.port = port;
        this.connections = connections;
        this.recordBytes = recordBytes;
        this.keepAlive = keepAlive;
    }

    public Result run(Duration time) throws InterruptedException {
        long begin = System.nanoTime();
        long end = begin + time.toNanos();
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            Client client = new Client(i, end);
            client.start();
            clients.add(client);
        }
        long[] micros = new long[0];
        long taken = 0;
        long refused = 0;
        for (Client client : clients) {
            client.join();
            int before = micros.length;
            micros = Arrays.copyOf(micros, before + client.answers);
            System.arraycopy(client.micros, 0, micros, before, client.answers);
            taken += client.answers;
            refused += client.refused;
        }
        Arrays.sort(micros);
        return new Result(taken, refused, (System.nanoTime() - begin) / 1e9, micros);
    }

    private final class Client extends Thread {
        private final int number;
        private final long end;
        private long[] micros = new long[1 << 12];
        private int answers;
        private long refused;
        private Socket socket;
        private InputStream in;

        Client(int number, long end) {
            super("upload-load-" + number);
            this.number = number;
            this.end = end;
        }

        @Override
        public void run() {
            String rest = ",task_status=success message=\"" + "x".repeat(recordBytes) + "\" 17000000000000";
            for (int i = 0; System.nanoTime() < end; i++) {
                String body = "DFF_task_record_func,id=task-" + number + "-" + i + rest + (10_000 + i % 90_000) + "\n";
                long start = System.nanoTime();
                if (posted(body)) {
                    if (answers == micros.length) {
                        micros = Arrays.copyOf(micros, 2 * answers);
                    }
                    micros[answers++] = (System.nanoTime() - start) / 1000;
                } else {
                    refused++;
                }
            }
            close();
        }

        private boolean posted(String body) {
            try {
                if (socket == null) {
                    socket = new Socket("127.0.0.1", port);
                    socket.setTcpNoDelay(true);
                    socket.setSoTimeout(10_000);
                    in = new BufferedInputStream(socket.getInputStream());
                }
                String head = "POST /v1/write/logging HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\n"
                        + (keepAlive ? "" : "Connection: close\r\n") + "Content-Length: "
                        + body.length() + "\r\n\r\n";
                socket.getOutputStream().write((head + body).getBytes(StandardCharsets.ISO_8859_1));
                boolean ok = isOk();
                if (!keepAlive || !ok) {
                    close();
                }
                return ok;
            } catch (IOException e) {
                close();
                return false;
            }
        }

        /** Reads an answer of 200, which is empty. */
        private boolean isOk() throws IOException {
            StringBuilder head = new StringBuilder();
            while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
                int c = in.read();
                if (c < 0) {
                    return false;
                }
                head.append((char) c);
            }
            return head.toString().startsWith("HTTP/1.1 200");
        }

        private void close() {
            try {
                if (socket != null) {
                    socket.close();
                }
            } catch (IOException e) {
                // Closed all the same.
            }
            socket = null;
        }
    }
}
