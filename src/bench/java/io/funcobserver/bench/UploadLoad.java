package io.funcobserver.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;

/**
 * Posts records, one a request, over several connections, each as fast as it is answered: a process of its own with one
 * thread, so that it takes little of the machine that it measures.
 *
 * <p>Argument: the port. Each line of standard input is one run: {@code kept} (a connection for many requests) or {@code new}
 * (one for each, as Func opens them), how many connections, bytes of a record, seconds. After a run it prints a {@link Result}.
 */
final class UploadLoad {
    private static final int ANSWER_BYTES = 4096;
    private static final int END_OF_HEAD = 0x0d0a0d0a;
    private static final byte[] OK = "HTTP/1.1 200".getBytes(StandardCharsets.US_ASCII);

    /**
     * What came of a run.
     *
     * @param taken how many requests were answered 200
     * @param refused how many were answered otherwise, or not at all
     * @param seconds that it took
     * @param p50 of the time from the first byte of a request (with a new connection: from its opening) to its answer, in ms
     * @param p99 likewise
     * @param max likewise
     */
    record Result(long taken, long refused, double seconds, double p50, double p99, double max) {
        private static final String HEAD = "result ";

        double perSecond() {
            return taken / seconds;
        }

        String line() {
            return String.format(
                    Locale.ROOT, "%s%d %d %.3f %.3f %.3f %.3f", HEAD, taken, refused, seconds, p50, p99, max);
        }

        /** The last one that a process has printed; null where there is none. */
        static Result last(String printed) {
            int begin = printed.lastIndexOf(HEAD);
            int end = printed.indexOf('\n', Math.max(0, begin));
            if (begin < 0 || end < 0) {
                return null;
            }
            String[] parts = printed.substring(begin + HEAD.length(), end).split(" ");
            return new Result(
                    Long.parseLong(parts[0]),
                    Long.parseLong(parts[1]),
                    Double.parseDouble(parts[2]),
                    Double.parseDouble(parts[3]),
                    Double.parseDouble(parts[4]),
                    Double.parseDouble(parts[5]));
        }
    }

    private final InetSocketAddress address;
    private final boolean kept;
    private final int connections;
    private final String rest;
    private final String head;

    private long[] micros = new long[1 << 16];
    private int taken;
    private long refused;
    private long sent;
    private long end;
    private int open;

    private UploadLoad(int port, boolean kept, int connections, int recordBytes) {
        this.address = new InetSocketAddress("127.0.0.1", port);
        this.kept = kept;
        this.connections = connections;
        this.rest = ",name=Func.Runner,task_status=success message=\"" + "x".repeat(recordBytes)
                + "\" 1700000000000000000\n";
        this.head = "POST /v1/write/logging HTTP/1.1\r\nHost: 127.0.0.1:" + port
                + "\r\nAccept-Encoding: identity\r\nContent-Type: text/plain\r\nContent-Length: ";
    }

    public static void main(String[] arguments) throws IOException {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] run = line.split(" ");
                UploadLoad load = new UploadLoad(
                        Integer.parseInt(arguments[0]),
                        run[0].equals("kept"),
                        Integer.parseInt(run[1]),
                        Integer.parseInt(run[2]));
                System.out.println(
                        load.run(Duration.ofSeconds(Long.parseLong(run[3]))).line());
            }
        }
    }

    private Result run(Duration time) throws IOException {
        long begin = System.nanoTime();
        end = begin + time.toNanos();
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < connections; i++) {
                new Client(selector).begin();
            }
            while (open > 0) {
                selector.select(key -> ((Client) key.attachment()).ready(key));
            }
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        long[] sorted = Arrays.copyOf(micros, taken);
        Arrays.sort(sorted);
        return new Result(
                taken,
                refused,
                seconds,
                taken == 0 ? 0 : Median.percentile(sorted, 0.5) / 1e3,
                taken == 0 ? 0 : Median.percentile(sorted, 0.99) / 1e3,
                taken == 0 ? 0 : sorted[taken - 1] / 1e3);
    }

    private void answered(boolean ok, long nanos) {
        if (!ok) {
            refused++;
            return;
        }
        if (taken == micros.length) {
            micros = Arrays.copyOf(micros, 2 * taken);
        }
        micros[taken++] = nanos / 1000;
    }

    /** One connection after the other, with one request at a time. */
    private final class Client {
        private final Selector selector;
        private final ByteBuffer answer = ByteBuffer.allocate(ANSWER_BYTES);
        private SocketChannel channel;
        private ByteBuffer request;
        private long begun;

        Client(Selector selector) {
            this.selector = selector;
        }

        void begin() throws IOException {
            begun = System.nanoTime();
            String line = "DFF_task_record_func,id=task-" + sent++ + rest;
            request = ByteBuffer.wrap((head + line.length() + "\r\n\r\n" + line).getBytes(StandardCharsets.ISO_8859_1));
            answer.clear();
            if (channel == null) {
                channel = SocketChannel.open();
                open++;
                channel.configureBlocking(false);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                boolean connected = channel.connect(address);
                channel.register(selector, connected ? SelectionKey.OP_WRITE : SelectionKey.OP_CONNECT, this);
            } else {
                write(channel.keyFor(selector));
            }
        }

        void ready(SelectionKey key) {
            try {
                if (key.isConnectable()) {
                    channel.finishConnect();
                    write(key);
                } else if (key.isWritable()) {
                    write(key);
                } else {
                    read();
                }
            } catch (IOException e) {
                end(false);
            }
        }

        private void write(SelectionKey key) throws IOException {
            channel.write(request);
            key.interestOps(request.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        }

        private void read() throws IOException {
            if (channel.read(answer) < 0) {
                throw new IOException("no answer");
            }
            // An answer of 200 has no body; behind any other the connection is closed.
            boolean ok =
                    answer.position() >= OK.length && Arrays.equals(answer.array(), 0, OK.length, OK, 0, OK.length);
            if (!ok || answer.getInt(answer.position() - Integer.BYTES) == END_OF_HEAD) {
                end(ok);
            }
        }

        private void end(boolean ok) {
            answered(ok, System.nanoTime() - begun);
            boolean more = System.nanoTime() < end;
            try {
                if (!more || !kept || !ok) {
                    channel.close();
                    channel = null;
                    open--;
                }
                if (more) {
                    begin();
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }
}
