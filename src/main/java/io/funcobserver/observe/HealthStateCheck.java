package io.funcobserver.observe;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

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
        Map<String, String> parts = new TreeMap<>();
        health.warnings()
                .forEach((part, warning) ->
                        parts.put(part, "warning since " + warning.since() + ": " + warning.reason()));
        Map<String, HealthState.Down> down = health.all();
        down.forEach((part, since) -> parts.put(part, "down since " + since.since() + ": " + since.reason()));
        parts.forEach(builder::detail);
        builder.state(down.isEmpty() ? State.UP : State.DOWN);
        if (!parts.isEmpty()) {
            // Camel's server shows the details only to who asks for them, the message always.
            builder.message(parts.entrySet().stream()
                    .map(part -> part.getKey() + ' ' + part.getValue())
                    .collect(Collectors.joining("; ")));
        }
    }

    @Override
    public boolean isLiveness() {
        return false;
    }
}
