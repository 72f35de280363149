package io.funcobserver.observe;

import java.util.Map;
import java.util.TreeMap;

import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * Shows {@link HealthState} at {@code /observe/health}: DOWN while anything is, each part with its reason and since when. A warning
 * is a detail of its own and leaves the status as it is.
 *
 * <p>Not a liveness check: a restart does not bring a database or a target back.
 */
public final class HealthStateCheck extends AbstractHealthCheck {
    private final HealthState health;

    public HealthStateCheck(HealthState health) {
        super("func-observer", "func-observer");
        this.health = health;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        health.warnings()
                .forEach((part, warning) ->
                        builder.detail(part, "warning since " + warning.since() + ": " + warning.reason()));
        Map<String, HealthState.Down> all = new TreeMap<>(health.all());
        if (all.isEmpty()) {
            builder.up();
            return;
        }
        builder.down();
        StringBuilder message = new StringBuilder();
        all.forEach((part, down) -> {
            String text = "down since " + down.since() + ": " + down.reason();
            builder.detail(part, text);
            message.append(message.isEmpty() ? "" : "; ")
                    .append(part)
                    .append(' ')
                    .append(text);
        });
        builder.message(message.toString());
    }

    @Override
    public boolean isLiveness() {
        return false;
    }
}
