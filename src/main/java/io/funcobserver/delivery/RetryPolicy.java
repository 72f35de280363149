package io.funcobserver.delivery;

import java.time.Duration;

import org.apache.camel.processor.errorhandler.RedeliveryPolicy;

/** How a step of a delivery is repeated; built here, since Camel's YAML takes these delays in milliseconds only. */
public final class RetryPolicy {
    private static final double JITTER = 0.2;

    private RetryPolicy() {}

    /**
     * Repeats without end, after pauses that double.
     *
     * @param delay the first pause, {@code retry.delay}
     * @param maxDelay the longest, {@code retry.max-delay}
     */
    public static RedeliveryPolicy of(Duration delay, Duration maxDelay) {
        RedeliveryPolicy policy = new RedeliveryPolicy();
        policy.setMaximumRedeliveries(-1);
        policy.setRedeliveryDelay(delay.toMillis());
        policy.setMaximumRedeliveryDelay(maxDelay.toMillis());
        policy.setUseExponentialBackOff(true);
        policy.setBackOffMultiplier(2);
        policy.setUseCollisionAvoidance(true);
        policy.setCollisionAvoidanceFactor(JITTER);
        // A stop must not wait for the target: the files stay where they are.
        policy.setAllowRedeliveryWhileStopping(false);
        // The delivery itself reports failures, once a minute and without secrets.
        policy.setLogRetryAttempted(false);
        policy.setLogExhausted(false);
        policy.setLogExhaustedMessageHistory(false);
        policy.setLogNewException(false);
        policy.setLogStackTrace(false);
        return policy;
    }
}
