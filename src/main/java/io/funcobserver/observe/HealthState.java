package io.funcobserver.observe;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;

import io.funcobserver.diagnosis.PrintableText;

/**
 * What is wrong right now, and since when: the source of {@code /observe/health}.
 *
 * <p>Each part of the product reports itself under a name of its own ({@code mysql}, {@code target.metric}…). Reasons
 * reach users: they hold no secret, and say what to do. What they repeat from outside is escaped here.
 */
public final class HealthState {
    private static final int LONGEST_REASON = 1000;

    /** @param since when the part went down; later reasons of the same outage do not move it */
    public record Down(Instant since, String reason) {}

    private final Map<String, Down> down = new ConcurrentSkipListMap<>();
    private final Map<String, Down> warnings = new ConcurrentSkipListMap<>();
    private final List<Runnable> looks = new CopyOnWriteArrayList<>();
    private final Clock clock;

    public HealthState(Clock clock) {
        this.clock = clock;
    }

    /** Looks at something each time before health is told, for what does not report by itself. */
    public void beforeTold(Runnable look) {
        looks.add(look);
    }

    /** @return true when the part was not down before, which is the moment to log it */
    public boolean down(String part, String reason) {
        return put(down, part, reason);
    }

    /**
     * Shows something that is wrong and keeps nothing from working: the status stays UP.
     *
     * @return true when there was no such warning before, which is the moment to log it
     */
    public boolean warn(String part, String reason) {
        return put(warnings, part, reason);
    }

    private boolean put(Map<String, Down> where, String part, String reason) {
        Instant now = clock.instant();
        String printable = PrintableText.of(reason, LONGEST_REASON);
        return where.compute(part, (p, old) -> new Down(old == null ? now : old.since(), printable))
                        .since()
                == now;
    }

    /** @return the warning that ends with this, or null when there was none */
    public Down clear(String part) {
        return warnings.remove(part);
    }

    /** Every warning there is now, by name. */
    public Map<String, Down> warnings() {
        looks.forEach(Runnable::run);
        return Map.copyOf(warnings);
    }

    /** @return what ends with this, or null when the part was well already */
    public Down up(String part) {
        return down.remove(part);
    }

    /** Every part that is down now, by name. */
    public Map<String, Down> all() {
        return Map.copyOf(down);
    }
}
