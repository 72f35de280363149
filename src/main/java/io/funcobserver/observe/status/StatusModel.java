package io.funcobserver.observe.status;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.funcobserver.config.Settings;
import io.funcobserver.delivery.DeadLetters;
import io.funcobserver.delivery.Target;
import io.funcobserver.diagnosis.PrintableText;
import io.funcobserver.observe.Destination;
import io.funcobserver.observe.HealthState;
import io.funcobserver.observe.status.StatusReport.State;

/** Puts together what the status page shows: metrics, their last hour, health, and what passes through. */
public final class StatusModel {
    private static final int MAX_DEAD_LETTERS = 20;
    private static final int MAX_FUNCTIONS = 20;
    private static final int LONGEST_ANSWER = 300;

    private final StatusInputs inputs;
    private final Readings readings;
    private final Clock clock;
    private final long startedMillis;
    private final History history;

    public StatusModel(StatusInputs inputs, Clock clock) {
        this.inputs = inputs;
        this.readings = new Readings(inputs.registry());
        this.clock = clock;
        this.startedMillis = clock.millis();
        this.history = new History(readings, startedMillis);
    }

    /** To be called every {@value History#STEP_SECONDS} seconds. */
    public void tick() {
        history.tick(clock.millis());
    }

    /** @param withHistory whether the series of the last hour are wanted too */
    public StatusReport report(boolean withHistory) {
        return new Look().report(withHistory);
    }

    /** One look at everything. */
    private final class Look {
        private final long now = clock.millis();
        private final boolean isStandby = "standby".equals(inputs.role().get());
        private final List<StatusReport.Problem> problems = new ArrayList<>();

        Look() {
            inputs.health().all().forEach((part, down) -> problem(part, State.DOWN, down));
            inputs.health().warnings().forEach((part, down) -> problem(part, State.WARNING, down));
            problems.sort(Comparator.comparing(StatusReport.Problem::level)
                    .thenComparing(StatusReport.Problem::since)
                    .thenComparing(StatusReport.Problem::part));
        }

        private void problem(String part, State level, HealthState.Down down) {
            problems.add(new StatusReport.Problem(part, level, down.since().toEpochMilli(), down.reason()));
        }

        /** The worst that health says of some of its parts. */
        private State health(Set<String> parts) {
            return worst(problems.stream()
                    .filter(problem -> parts.contains(problem.part()))
                    .map(StatusReport.Problem::level));
        }

        StatusReport report(boolean withHistory) {
            List<StatusReport.Measurement> measurements =
                    inputs.measurements().stream().map(this::measurement).toList();
            List<StatusReport.Target> targets =
                    inputs.targets().stream().map(this::target).toList();
            String site = inputs.settings().text("func.site-name");
            return new StatusReport(
                    inputs.version(),
                    site == null ? "" : site,
                    startedMillis,
                    now,
                    worst(problems.stream().map(StatusReport.Problem::level)),
                    inputs.role().get(),
                    problems,
                    sources(measurements),
                    spool(targets),
                    targets,
                    measurements,
                    completeness(),
                    deadLetters(),
                    inputs.func().report(now, withHistory),
                    withHistory ? history() : null);
        }

        private StatusReport.Measurement measurement(StatusInputs.Measurement one) {
            String[] own = {"measurement", one.id()};
            Double lag = readings.value("lag_rows", own);
            Double success = readings.value("last_success_timestamp_seconds", own);
            String part = "measurement." + one.id();
            return new StatusReport.Measurement(
                    one.id(),
                    one.name(),
                    one.category(),
                    one.source(),
                    one.enabled() ? reading(health(Set.of(part, part + ".slow")), success != null) : State.OFF,
                    readings.sum("points_spooled", own),
                    perSecond("points_spooled", own),
                    lag == null ? null : Math.round(lag),
                    readings.sum("rows_missed", own),
                    readings.sum("values_dropped", own),
                    success == null ? null : Math.round(success * 1000),
                    inputs.lines().of(one.id()));
        }

        /** The state of what is read, of which health says this. */
        private State reading(State state, boolean hasRead) {
            return isStandby ? State.STANDBY : state == State.UP && !hasRead ? State.WAITING : state;
        }

        private double perSecond(String name, String... labels) {
            return history.perSecond(now, name, labels);
        }

        private List<StatusReport.Source> sources(List<StatusReport.Measurement> measurements) {
            StatusReport.Source lists = lists(measurements);
            return Stream.of(
                            source("mysql", "MySQL tables", measurements, lists),
                            lists,
                            source("redis", "Redis", measurements, null),
                            intake())
                    .filter(Objects::nonNull)
                    .toList();
        }

        /** @return null where nothing comes in by it */
        private StatusReport.Source intake() {
            return readings.all("points_received").isEmpty()
                    ? null
                    : new StatusReport.Source(
                            "intake",
                            "Intake",
                            "Func's own upload",
                            health(Set.of("intake")),
                            readings.sum("points_received"),
                            perSecond("points_received"),
                            List.of());
        }

        /**
         * What was read in Func's lists is a source by itself, and none of the tables': by their share of the rows.
         *
         * @return null where no list is read
         */
        private StatusReport.Source lists(List<StatusReport.Measurement> measurements) {
            List<String> parts = new ArrayList<>();
            double points = 0;
            double perSecond = 0;
            for (StatusReport.Measurement one : measurements) {
                String[] own = {"measurement", one.id()};
                if (one.state() != State.OFF && readings.value("list_rows_read", own) != null) {
                    parts.add(one.id() + ".buffer");
                    points +=
                            one.points() * portion(readings.sum("list_rows_read", own), readings.sum("rows_read", own));
                    perSecond += one.pointsPerSecond()
                            * portion(perSecond("list_rows_read", own), perSecond("rows_read", own));
                }
            }
            State state = health(parts.stream().map("measurement."::concat).collect(Collectors.toSet()));
            return parts.isEmpty()
                    ? null
                    : new StatusReport.Source(
                            "lists",
                            "Redis lists",
                            address("redis"),
                            reading(state, Math.round(points) > 0),
                            Math.round(points),
                            perSecond,
                            parts);
        }

        /**
         * What is read there by all that do.
         *
         * @param lists what is counted there and not here; null for nothing
         * @return null where nothing is
         */
        private StatusReport.Source source(
                String id, String label, List<StatusReport.Measurement> measurements, StatusReport.Source lists) {
            List<StatusReport.Measurement> own =
                    measurements.stream().filter(one -> one.source().equals(id)).toList();
            long points =
                    own.stream().mapToLong(StatusReport.Measurement::points).sum();
            double perSecond = own.stream()
                    .mapToDouble(StatusReport.Measurement::pointsPerSecond)
                    .sum();
            return own.isEmpty()
                    ? null
                    : new StatusReport.Source(
                            id,
                            label,
                            address(id),
                            worst(own.stream().map(StatusReport.Measurement::state)),
                            Math.max(0, points - (lists == null ? 0 : lists.points())),
                            Math.max(0, perSecond - (lists == null ? 0 : lists.pointsPerSecond())),
                            own.stream().map(StatusReport.Measurement::id).toList());
        }

        private String address(String source) {
            Settings settings = inputs.settings();
            String prefix = "func." + source;
            return settings.text(prefix + ".host")
                    + ':'
                    + settings.text(prefix + ".port")
                    + '/'
                    + settings.text(prefix + ".database");
        }

        private StatusReport.Spool spool(List<StatusReport.Target> targets) {
            List<StatusReport.Delivery> folders = targets.stream()
                    .flatMap(target -> target.categories().stream())
                    .toList();
            return new StatusReport.Spool(
                    inputs.settings().text("spool"),
                    worst(problems.stream()
                            .filter(problem -> problem.part().matches("(spool|delivery)\\..*"))
                            .map(StatusReport.Problem::level)),
                    readings.sum("points_spooled") + readings.sum("points_received"),
                    perSecond("points_spooled") + perSecond("points_received"),
                    readings.sum("spool_files"),
                    readings.sum("spool_bytes"),
                    maxBytes() * folders.size(),
                    oldest(),
                    folders.stream()
                            .map(StatusReport.Delivery::fullInSeconds)
                            .filter(Objects::nonNull)
                            .min(Comparator.naturalOrder())
                            .orElse(null),
                    readings.sum("points_dropped"));
        }

        private double oldest(String... labels) {
            return readings.values("spool_oldest_age_seconds", labels).max().orElse(0);
        }

        private long maxBytes() {
            return inputs.settings().size("spool.max-size");
        }

        private StatusReport.Target target(Target target) {
            List<StatusReport.Delivery> categories =
                    target.sent().stream().map(this::delivery).toList();
            return new StatusReport.Target(
                    target.name(),
                    target.sent().stream()
                            .findFirst()
                            .map(to -> target.url(to.category()).server())
                            .orElse(""),
                    categories.isEmpty() ? State.OFF : worst(categories.stream().map(StatusReport.Delivery::state)),
                    readings.sum("points_delivered", "target", target.name()),
                    perSecond("points_delivered", "target", target.name()),
                    categories);
        }

        private StatusReport.Delivery delivery(Destination to) {
            String[] own = to.labels();
            String delivery = "delivery." + to.label();
            long bytes = readings.sum("spool_bytes", own);
            double growth = history.spoolGrowth(own);
            return new StatusReport.Delivery(
                    to.category().id(),
                    health(Set.of("target." + to.label(), delivery, delivery + ".unreadable")),
                    readings.sum("points_delivered", own),
                    perSecond("points_delivered", own),
                    readings.sum("spool_files", own),
                    bytes,
                    maxBytes(),
                    oldest(own),
                    growth < 1 ? null : (long) Math.max(0, (maxBytes() - bytes) / growth),
                    readings.by("answer", "posts", own),
                    readings.sum("points_dropped", own),
                    readings.sum("dead_letter_lines", own),
                    readings.sum("dead_letter_files", own),
                    inputs.waiting()
                            .apply(to)
                            .map(waiting -> new StatusReport.Retry(
                                    waiting.attempts(), waiting.next().toEpochMilli(), waiting.reason()))
                            .orElse(null));
        }

        private StatusReport.Completeness completeness() {
            return new StatusReport.Completeness(
                    readings.value("completeness_ratio"),
                    inputs.completeness().get().stream().limit(MAX_FUNCTIONS).toList());
        }

        private StatusReport.DeadLetters deadLetters() {
            long count = inputs.deadLetters().count();
            return new StatusReport.DeadLetters(
                    count,
                    readings.sum("dead_letter_lines"),
                    inputs.deadLetters().newest(count == 0 ? 0 : MAX_DEAD_LETTERS).stream()
                            .map(StatusModel::givenUp)
                            .toList());
        }

        private StatusReport.History history() {
            Map<String, int[]> measurements = new LinkedHashMap<>();
            inputs.measurements()
                    .forEach(
                            one -> measurements.put(one.id(), history.sums("points_spooled", "measurement", one.id())));
            Map<String, int[]> targets = new LinkedHashMap<>();
            inputs.targets()
                    .forEach(target ->
                            targets.put(target.name(), history.sums("points_delivered", "target", target.name())));
            int[] spooled = history.sums("points_spooled");
            int[] received = history.sums("points_received");
            Arrays.setAll(spooled, i -> spooled[i] + (i < received.length ? received[i] : 0));
            return new StatusReport.History(
                    history.endMillis() / 1000, History.STEP_SECONDS, spooled, measurements, targets);
        }
    }

    private static StatusReport.GivenUp givenUp(DeadLetters.Entry letter) {
        return new StatusReport.GivenUp(
                letter.id().name(),
                letter.id().destination().target(),
                letter.id().destination().category().id(),
                letter.report().when(),
                letter.report().lines(),
                letter.report().status(),
                letter.report().reason(),
                PrintableText.of(letter.report().answer(), LONGEST_ANSWER),
                "java -jar func-observer.jar replay " + letter.id().name());
    }

    private static State worst(Stream<State> states) {
        return states.min(Comparator.naturalOrder()).orElse(State.UP);
    }

    private static double portion(double part, double whole) {
        return whole <= 0 ? 0 : Math.min(1, part / whole);
    }
}
