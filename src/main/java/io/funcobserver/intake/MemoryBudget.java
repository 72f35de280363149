package io.funcobserver.intake;

import java.util.concurrent.atomic.AtomicLong;

/** The bytes that all uploads under way share. */
final class MemoryBudget {
    private final long most;
    private final AtomicLong taken = new AtomicLong();

    MemoryBudget(long most) {
        this.most = most;
    }

    /** What one upload has taken; given back as a whole. */
    final class Share implements AutoCloseable {
        private long bytes;

        /**
         * Takes more bytes for what arrives: of three quarters, so that what has arrived whole can always be worked on.
         *
         * @throws UploadRefusedException 413 where the upload alone would need more than there is, 503 where others hold
         *     it now
         */
        void receive(long more) {
            take(more, most - most / 4);
        }

        /**
         * Takes more bytes for the work on what has arrived.
         *
         * @throws UploadRefusedException likewise
         */
        void work(long more) {
            take(more, most);
        }

        private synchronized void take(long more, long limit) {
            long all = bytes + more;
            if (all > limit) {
                throw UploadRefusedException.tooLarge("this upload takes more memory than the " + limit / 1024
                        + " KiB that all uploads share; send less at once, or give the process a larger heap");
            }
            if (taken.addAndGet(more) > limit) {
                taken.addAndGet(-more);
                throw UploadRefusedException.notNow("too much is under way; try again");
            }
            bytes = all;
        }

        @Override
        public synchronized void close() {
            taken.addAndGet(-bytes);
            bytes = 0;
        }
    }

    Share share() {
        return new Share();
    }

    long taken() {
        return taken.get();
    }
}
