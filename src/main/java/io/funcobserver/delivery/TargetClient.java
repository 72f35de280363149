package io.funcobserver.delivery;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.config.CharCodingConfig;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.apache.hc.core5.util.Timeout;

/**
 * Bounds what a target can make of a request: its answer is waited for as a whole no longer than {@code target.timeout},
 * and no more of it is read than 64 KiB of body and 100 header lines of 16 KiB; nothing is unpacked, followed, repeated or
 * kept.
 */
public final class TargetClient implements HttpClientConfigurer {
    private static final int MOST_ANSWER_BYTES = 64 << 10;
    private static final int MOST_HEADER_BYTES = 16 << 10;
    private static final int MOST_HEADERS = 100;
    /** Bytes of a body that are sent at a time. */
    private static final int PIECE = 64 << 10;

    private static final String JAVA_OBJECT = "java-serialized-object";

    private final Target target;
    private final Supplier<SSLContext> tls;
    private final ScheduledExecutorService deadlines;

    /** @param tls asked for a target that is reached by https; to read a trust store takes a while */
    public TargetClient(Target target, Supplier<SSLContext> tls) {
        this.target = target;
        this.tls = tls;
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "deadline of " + target.name());
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
        this.deadlines = executor;
    }

    @Override
    public void configureHttpClient(HttpClientBuilder client) {
        Timeout connect = Timeout.of(target.settings().connectTimeout());
        Timeout answer = Timeout.of(target.settings().timeout());
        PoolingHttpClientConnectionManagerBuilder connections = PoolingHttpClientConnectionManagerBuilder.create()
                .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
                        .http1Config(Http1Config.custom()
                                .setMaxLineLength(MOST_HEADER_BYTES)
                                .setMaxHeaderCount(MOST_HEADERS)
                                .build())
                        .charCodingConfig(CharCodingConfig.DEFAULT)
                        .build())
                .setDefaultSocketConfig(
                        SocketConfig.custom().setSoTimeout(answer).build())
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(connect)
                        .setSocketTimeout(answer)
                        .build());
        client.setConnectionManager(connections
                        .setTlsSocketStrategy(
                                target.isTls() ? new DefaultClientTlsStrategy(tls.get()) : LazyTls.STRATEGY)
                        .build())
                .setConnectionManagerShared(false)
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout(connect)
                        .setResponseTimeout(answer)
                        .setRedirectsEnabled(false)
                        .build())
                .disableAutomaticRetries()
                .disableAuthCaching()
                .disableContentCompression()
                .disableCookieManagement()
                // Nor read for nothing, which cookies are for whole countries.
                .setDefaultCookieSpecRegistry(name -> null)
                .disableRedirectHandling()
                .addExecInterceptorFirst("bounded answer", new Bounded());
    }

    private final class Bounded implements ExecChainHandler {
        @Override
        public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
                throws IOException, HttpException {
            Deadline deadline = new Deadline(scope.execRuntime);
            deadline.within(
                    target.settings().connectTimeout().plus(target.settings().timeout()));
            HttpEntity body = request.getEntity();
            Sent sent = body == null ? null : new Sent(body, deadline);
            request.setEntity(sent);
            try {
                ClassicHttpResponse response = chain.proceed(request, scope);
                response.setEntity(beginning(response.getEntity(), scope));
                if (sent != null && sent.isBrokenOff()) {
                    scope.execRuntime.discardEndpoint();
                }
                Header type = response.getFirstHeader(HttpHeaders.CONTENT_TYPE);
                if (type != null && type.getValue().contains(JAVA_OBJECT)) {
                    // Bytes like any other: Camel would hand over nothing.
                    response.setHeader(HttpHeaders.CONTENT_TYPE, ContentType.APPLICATION_OCTET_STREAM);
                }
                return response;
            } catch (IOException | HttpException | RuntimeException e) {
                if (deadline.isOver()) {
                    SocketTimeoutException timedOut = new SocketTimeoutException("no whole answer: timed out");
                    timedOut.addSuppressed(e);
                    throw timedOut;
                }
                throw e;
            } finally {
                deadline.cancel();
            }
        }

        /** Reads the answer here, under the deadline; of what is longer, the connection is given up. */
        private static HttpEntity beginning(HttpEntity entity, ExecChain.Scope scope) throws IOException {
            if (entity == null) {
                return null;
            }
            InputStream in = entity.getContent();
            byte[] read = in == null ? new byte[0] : in.readNBytes(MOST_ANSWER_BYTES);
            if (read.length < MOST_ANSWER_BYTES) {
                entity.close();
            } else {
                scope.execRuntime.discardEndpoint();
            }
            return new ByteArrayEntity(read, ContentType.parseLenient(entity.getContentType()));
        }
    }

    /**
     * When a connection is broken off. The time-out of a socket begins anew with each byte, and there is none for writing: a
     * target that drips its answer, or does not read, would never meet it.
     */
    private final class Deadline {
        private final ExecRuntime connection;
        private boolean over;
        private ScheduledFuture<?> look;

        Deadline(ExecRuntime connection) {
            this.connection = connection;
        }

        /** From now on; what was said before does not hold any more. */
        synchronized void within(Duration time) {
            cancel();
            look = deadlines.schedule(this::breakOff, time.toNanos(), TimeUnit.NANOSECONDS);
        }

        private synchronized void breakOff() {
            if (look != null) {
                over = true;
                connection.discardEndpoint();
            }
        }

        synchronized void cancel() {
            if (look != null) {
                look.cancel(false);
                look = null;
            }
        }

        synchronized boolean isOver() {
            return over;
        }
    }

    /**
     * A body that is sent piece by piece. Each piece has {@code target.timeout}, so that a slow way takes its time; the answer
     * has it after the last one. Where the target hangs up in the middle, it may have answered before: 413, most likely.
     */
    private final class Sent extends HttpEntityWrapper {
        private final Deadline deadline;
        private boolean brokenOff;

        Sent(HttpEntity body, Deadline deadline) {
            super(body);
            this.deadline = deadline;
        }

        boolean isBrokenOff() {
            return brokenOff;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            super.writeTo(new OutputStream() {
                @Override
                public void write(int b) {
                    write(new byte[] {(byte) b}, 0, 1);
                }

                @Override
                public void write(byte[] bytes, int offset, int length) {
                    int end = offset + length;
                    for (int at = offset; at < end && !brokenOff; at += PIECE) {
                        deadline.within(target.settings().timeout());
                        send(bytes, at, Math.min(PIECE, end - at));
                    }
                }

                private void send(byte[] bytes, int offset, int length) {
                    try {
                        out.write(bytes, offset, length);
                    } catch (IOException e) {
                        // Whoever reads the answer sees this, where there is none.
                        brokenOff = true;
                    }
                }
            });
            deadline.within(target.settings().timeout());
        }
    }
}
