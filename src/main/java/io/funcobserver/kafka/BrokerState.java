package io.funcobserver.kafka;

import java.util.concurrent.TimeUnit;

import io.funcobserver.diagnosis.Causes;
import io.funcobserver.observe.HealthState;
import io.funcobserver.observe.RateLimitedLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether Kafka answers, and takes lines now. After a failure everyone is refused at once, but for one sender a second, who tries: so no
 * one waits for a time-out while Kafka is away, and everything resumes by itself.
 */
final class BrokerState {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerState.class);
    private static final String PART = "spool.kafka";
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Longer than any send takes to fail. */
    private static final long LONGEST_TRY_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final String brokers;
    private final HealthState health;
    private final RateLimitedLog log = new RateLimitedLog(LOG::warn);
    private boolean away;
    private long nextTryNanos;
    private String reason = "";
    /** Why no broker answers, or null. */
    private String silence;

    private final Runnable onFailure;

    /** @param onFailure what is to be done when something was sent, and is not known to be safe */
    BrokerState(String brokers, HealthState health, Runnable onFailure) {
        this.brokers = brokers;
        this.health = health;
        this.onFailure = onFailure;
    }

    /**
     * To be called before anything is sent.
     *
     * @throws KafkaUnavailableException while Kafka takes nothing
     */
    synchronized void admit() {
        if (!away) {
            return;
        }
        long now = System.nanoTime();
        if (now - nextTryNanos < 0) {
            throw new KafkaUnavailableException(reason);
        }
        // This one tries, the others wait for what comes of it.
        nextTryNanos = now + LONGEST_TRY_NANOS;
    }

    /** Something was sent, and is safe. */
    synchronized void succeeded() {
        if (away) {
            away = false;
            tell();
        }
    }

    /**
     * Takes note of whether a broker answers at all: one that sends nothing learns it by this alone, and a consumer that
     * reaches none polls on in silence.
     *
     * @param failure null when one does
     */
    synchronized void answered(Throwable failure) {
        if (failure != null || silence != null) {
            silence = failure == null
                    ? null
                    : "Kafka (" + brokers + ") cannot be reached: " + Causes.oneLine(failure)
                            + "; nothing is taken in or delivered meanwhile; see whether the brokers run, and"
                            + " kafka.brokers and kafka.security.protocol";
            tell();
        }
    }

    private void tell() {
        String now = away ? reason : silence;
        if (now != null) {
            health.down(PART, now);
            log.say(now);
            return;
        }
        log.reset();
        HealthState.Down ended = health.up(PART);
        if (ended != null) {
            LOG.info("Kafka ({}) is there again, after it failed since {}", brokers, ended.since());
        }
    }

    /** Something was sent, and is not known to be safe. */
    synchronized void failed(Throwable failure) {
        away = true;
        onFailure.run();
        nextTryNanos = System.nanoTime() + PAUSE_NANOS;
        reason = "Kafka (" + brokers + ") takes no lines: " + Causes.oneLine(failure)
                + "; records wait in the database, uploads are answered with 503, samples are dropped; see whether the"
                + " brokers run, have room, and enough replicas in sync";
        tell();
    }
}
