package io.funcobserver.spool;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class ReadAheadTest {
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final AtomicInteger encoded = new AtomicInteger();

    @AfterEach
    void stop() {
        thread.shutdownNow();
    }

    /** Batches of that many bytes, numbered from 1 by their rows. */
    private Iterator<LineBatch> batches(int count, int bytes) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return encoded.get() < count;
            }

            @Override
            public LineBatch next() {
                int number = encoded.incrementAndGet();
                return new LineBatch("name-" + number, new byte[bytes], 1, number);
            }
        };
    }

    @Test
    void givesEachBatchOnceAndInOrder() {
        ReadAhead ahead = new ReadAhead(batches(1000, 1), 10, thread);
        List<Long> rows = new ArrayList<>();
        ahead.forEachRemaining(batch -> rows.add(batch.rows()));
        assertThat(rows).hasSize(1000).isSorted().doesNotHaveDuplicates();
        assertThat(ahead.hasNext()).isFalse();
    }

    @Test
    void encodesOneBatchAhead() {
        ReadAhead ahead = new ReadAhead(batches(9, 1), 10, thread);
        assertThat(ahead.next().rows()).isEqualTo(1);
        await().until(() -> encoded.get() == 2);
        assertThat(ahead.next().rows()).isEqualTo(2);
        await().until(() -> encoded.get() == 3);
    }

    @Test
    void doesNotRunAheadOfGiantBatch() {
        ReadAhead ahead = new ReadAhead(batches(3, 11), 10, thread);
        ahead.next();
        assertThat(ahead.next().rows()).isEqualTo(2);
        assertThat(encoded).hasValue(2);
    }

    @Test
    void failsWhereTheSourceFailed() {
        Iterator<LineBatch> two = batches(2, 1);
        ReadAhead ahead = new ReadAhead(
                new Iterator<>() {
                    @Override
                    public boolean hasNext() {
                        if (!two.hasNext()) {
                            throw new IllegalStateException("connection lost");
                        }
                        return true;
                    }

                    @Override
                    public LineBatch next() {
                        return two.next();
                    }
                },
                10,
                thread);
        assertThat(ahead.next().rows()).isEqualTo(1);
        assertThat(ahead.next().rows()).isEqualTo(2);
        assertThatThrownBy(ahead::hasNext)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("connection lost");
        assertThat(ahead.hasNext()).isFalse();
    }

    @Test
    void readsNothingAfterItIsClosed() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Iterator<LineBatch> many = batches(9, 1);
        ReadAhead ahead = new ReadAhead(
                new Iterator<>() {
                    @Override
                    public boolean hasNext() {
                        if (encoded.get() == 1) {
                            reading.countDown();
                            try {
                                goOn.await(10, TimeUnit.SECONDS);
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        }
                        return many.hasNext();
                    }

                    @Override
                    public LineBatch next() {
                        return many.next();
                    }
                },
                10,
                thread);
        ahead.next();
        reading.await();
        Thread closing = new Thread(ahead::close);
        closing.start();
        await().until(() -> closing.getState() == Thread.State.WAITING);
        goOn.countDown();
        closing.join();
        assertThat(encoded).hasValue(2);
        assertThat(ahead.hasNext()).isFalse();
    }
}
