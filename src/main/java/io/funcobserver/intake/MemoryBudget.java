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
         * Takes more bytes.
         *
         * @throws UploadRefusedException 413 where the upload alone would need more than there is, 503 where others hold
         *     it now
         */
        synchronized void take(long more) {
            long all = bytes + more;
            if (all > most) {
                throw UploadRefusedException.tooLarge("this upload takes more memory than the " + most / 1024
                        + " KiB that all uploads share; send less at once, or give the process a larger heap");
            }
            if (taken.addAndGet(more) > most) {
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
