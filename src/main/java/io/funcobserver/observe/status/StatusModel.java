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
import java.util.function.Predicate;
import java.util.stream.Collectors;

import io.funcobserver.observe.Completeness;
import io.funcobserver.observe.HealthState;
import io.funcobserver.observe.status.Readings.Reading;
import io.micrometer.core.instrument.MeterRegistry;

/** Puts together what the status page shows: metrics, their last hour, health, and what passes through. */
public final class StatusModel {
    private static final int MAX_DEAD_LETTERS = 20;
    private static final int MAX_FUNCTIONS = 20;
    private static final String UP = "up";
    private static final String WARNING = "warning";
    private static final String DOWN = "down";
    private static final String WAITING = "waiting";
    private static final String STANDBY = "standby";
    private static final String OFF = "off";
    private static final Predicate<Reading> ANY = reading -> true;

    private final MeterRegistry registry;
    private final HealthState health;
    private final StatusInputs inputs;
    private final FuncActivity func;
    private final LatestLines lines;
    private final Clock clock;
    private final long startedMillis;
    private final History history;

    public StatusModel(
            MeterRegistry registry,
            HealthState health,
            StatusInputs inputs,
            FuncActivity func,
            LatestLines lines,
            Clock clock) {
        this.registry = registry;
        this.health = health;
        this.inputs = inputs;
        this.func = func;
        this.lines = lines;
        this.clock = clock;
        this.startedMillis = clock.millis();
        this.history = new History(startedMillis);
    }

    /** To be called every {@value Ring#STEP_SECONDS} seconds. */
    public void tick() {
        history.tick(Readings.of(registry), clock.millis());
    }

    /** @param withHistory whether the series of the last hour are wanted too */
    public StatusReport report(boolean withHistory) {
        return new Look(Readings.of(registry), clock.millis()).report(withHistory);
    }

    /** One look at everything. */
    private final class Look {
        private final Readings readings;
        private final long now;
        private final List<StatusReport.Problem> problems = new ArrayList<>();

        Look(Readings readings, long now) {
            this.readings = readings;
            this.now = now;
            health.all().forEach((part, down) -> problems.add(problem(part, DOWN, down)));
            health.warnings().forEach((part, down) -> problems.add(problem(part, WARNING, down)));
            problems.sort(Comparator.comparing(StatusReport.Problem::level)
                    .thenComparing(StatusReport.Problem::since)
                    .thenComparing(StatusReport.Problem::part));
        }

        private StatusReport.Problem problem(String part, String level, HealthState.Down down) {
            return new StatusReport.Problem(part, level, down.since().toEpochMilli(), down.reason());
        }

        StatusReport report(boolean withHistory) {
            List<StatusReport.Measurement> measurements =
                    inputs.measurements().stream().map(this::measurement).toList();
            List<StatusReport.Target> targets =
                    inputs.targets().stream().map(this::target).toList();
            return new StatusReport(
                    inputs.version(),
                    inputs.site(),
                    startedMillis,
                    now,
                    worst(problems),
                    inputs.role().get(),
                    problems,
                    sources(measurements),
                    spool(targets),
                    targets,
                    measurements,
                    completeness(),
                    deadLetters(),
                    func.report(now, withHistory),
                    withHistory ? history() : null);
        }

        private StatusReport.Measurement measurement(StatusInputs.Measurement one) {
            Predicate<Reading> own = ofMeasurement(one.id());
            Double lag = readings.value("lag_rows", own);
            Double success = readings.value("last_success_timestamp_seconds", own);
            return new StatusReport.Measurement(
                    one.id(),
                    one.name(),
                    one.category(),
                    one.source(),
                    state(one, success != null),
                    readings.sum("points_spooled", own),
                    perSecond("points_spooled", own),
                    lag == null ? null : Math.round(lag),
                    readings.sum("rows_missed", own),
                    readings.sum("values_dropped", own),
                    success == null ? null : Math.round(success * 1000),
                    lines.of(one.id()));
        }

        private static Predicate<Reading> ofMeasurement(String id) {
            return reading -> id.equals(reading.label("measurement", null));
        }

        private String state(StatusInputs.Measurement one, boolean succeeded) {
            if (!one.enabled()) {
                return OFF;
            }
            if (isStandby()) {
                return STANDBY;
            }
            String state = worst(problemsOf("measurement", Set.of(one.id())));
            return state.equals(UP) && !succeeded ? WAITING : state;
        }

        private boolean isStandby() {
            return STANDBY.equals(inputs.role().get());
        }

        private double perSecond(String name, Predicate<Reading> which) {
            return history.perSecond(readings, name, which, now);
        }

        private List<StatusReport.Source> sources(List<StatusReport.Measurement> measurements) {
            List<StatusReport.Source> sources = new ArrayList<>();
            StatusReport.Source lists = lists(measurements);
            for (StatusInputs.Source source : inputs.sources()) {
                List<StatusReport.Measurement> own = measurements.stream()
                        .filter(one -> one.source().equals(source.id()))
                        .toList();
                if (!own.isEmpty()) {
                    sources.add(source(source, own, source.id().equals("mysql") ? lists : null));
                }
            }
            if (lists != null) {
                sources.add(Math.min(1, sources.size()), lists);
            }
            if (readings.has("points_received")) {
                sources.add(new StatusReport.Source(
                        "intake",
                        "Intake",
                        "Func's own upload",
                        worst(problemsOf("intake", Set.of())),
                        readings.sum("points_received"),
                        perSecond("points_received", ANY),
                        List.of()));
            }
            return sources;
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
                Predicate<Reading> own = ofMeasurement(one.id());
                if (!one.state().equals(OFF) && readings.value("list_rows_read", own) != null) {
                    parts.add(one.id() + ".buffer");
                    points +=
                            one.points() * portion(readings.sum("list_rows_read", own), readings.sum("rows_read", own));
                    perSecond += one.pointsPerSecond()
                            * portion(perSecond("list_rows_read", own), perSecond("rows_read", own));
                }
            }
            if (parts.isEmpty()) {
                return null;
            }
            String state = worst(problemsOf("measurement", Set.copyOf(parts)));
            boolean isIdle = state.equals(UP) && Math.round(points) == 0;
            return new StatusReport.Source(
                    "lists",
                    "Redis lists",
                    inputs.sources().stream()
                            .filter(source -> source.id().equals("redis"))
                            .map(StatusInputs.Source::address)
                            .findFirst()
                            .orElse(""),
                    isIdle ? isStandby() ? STANDBY : WAITING : state,
                    Math.round(points),
                    perSecond,
                    parts);
        }

        /** @param lists what is counted there and not here; null for nothing */
        private StatusReport.Source source(
                StatusInputs.Source source, List<StatusReport.Measurement> own, StatusReport.Source lists) {
            long points =
                    own.stream().mapToLong(StatusReport.Measurement::points).sum();
            double perSecond = own.stream()
                    .mapToDouble(StatusReport.Measurement::pointsPerSecond)
                    .sum();
            return new StatusReport.Source(
                    source.id(),
                    source.label(),
                    source.address(),
                    state(source, own),
                    Math.max(0, points - (lists == null ? 0 : lists.points())),
                    Math.max(0, perSecond - (lists == null ? 0 : lists.pointsPerSecond())),
                    own.stream().map(StatusReport.Measurement::id).toList());
        }

        /** The worst of what is read there; it waits while all of it does, and is off when all of it is. */
        private String state(StatusInputs.Source source, List<StatusReport.Measurement> own) {
            Set<String> states =
                    own.stream().map(StatusReport.Measurement::state).collect(Collectors.toSet());
            states.remove(OFF);
            if (states.isEmpty()) {
                return OFF;
            }
            List<String> worstFirst =
                    states.equals(Set.of(WAITING)) ? List.of(DOWN, WARNING, WAITING) : List.of(DOWN, WARNING, STANDBY);
            states.add(worst(problemsOf(source.id(), Set.of())));
            return worstFirst.stream().filter(states::contains).findFirst().orElse(UP);
        }

        private StatusReport.Spool spool(List<StatusReport.Target> targets) {
            List<StatusReport.Delivery> folders = targets.stream()
                    .flatMap(target -> target.categories().stream())
                    .toList();
            return new StatusReport.Spool(
                    inputs.spool(),
                    worst(problems.stream()
                            .filter(problem -> List.of("spool", "delivery")
                                    .contains(words(problem.part()).get(0)))
                            .toList()),
                    readings.sum("points_spooled") + readings.sum("points_received"),
                    perSecond("points_spooled", ANY) + perSecond("points_received", ANY),
                    readings.sum("spool_files"),
                    readings.sum("spool_bytes"),
                    inputs.spoolMaxBytes() * folders.size(),
                    readings.all("spool_oldest_age_seconds").stream()
                            .mapToDouble(Reading::value)
                            .filter(Double::isFinite)
                            .max()
                            .orElse(0),
                    folders.stream()
                            .map(StatusReport.Delivery::fullInSeconds)
                            .filter(Objects::nonNull)
                            .min(Comparator.naturalOrder())
                            .orElse(null),
                    readings.sum("points_dropped"));
        }

        private StatusReport.Target target(StatusInputs.Target target) {
            List<StatusReport.Delivery> categories = target.categories().stream()
                    .map(category -> delivery(target, category))
                    .toList();
            return new StatusReport.Target(
                    target.name(),
                    target.address(),
                    categories.stream()
                            .map(StatusReport.Delivery::state)
                            .min(Comparator.comparingInt(List.of(DOWN, WARNING, UP)::indexOf))
                            .orElse(OFF),
                    categories.stream()
                            .mapToLong(StatusReport.Delivery::delivered)
                            .sum(),
                    categories.stream()
                            .mapToDouble(StatusReport.Delivery::deliveredPerSecond)
                            .sum(),
                    categories);
        }

        private StatusReport.Delivery delivery(StatusInputs.Target target, String category) {
            Predicate<Reading> own = of(target.name()).and(reading -> category.equals(reading.label("category", null)));
            long bytes = readings.sum("spool_bytes", own);
            List<StatusReport.Problem> about = new ArrayList<>(problemsOf("target", Set.of(target.name(), category)));
            about.addAll(problemsOf("delivery", Set.of(target.name(), category)));
            return new StatusReport.Delivery(
                    category,
                    worst(about),
                    readings.sum("points_delivered", own),
                    perSecond("points_delivered", own),
                    readings.sum("spool_files", own),
                    bytes,
                    inputs.spoolMaxBytes(),
                    Objects.requireNonNullElse(readings.value("spool_oldest_age_seconds", own), 0.0),
                    fullIn(bytes, history.spoolGrowth(readings, own)),
                    readings.by("answer", "posts", own),
                    readings.sum("points_dropped", own),
                    readings.sum("dead_letter_lines", own),
                    readings.sum("dead_letter_files", own),
                    inputs.retries().apply(target.name(), category));
        }

        /** Series without a label {@code target} belong to the only target. */
        private Predicate<Reading> of(String target) {
            return reading -> target.equals(reading.label("target", target));
        }

        private Long fullIn(long bytes, double growth) {
            long room = inputs.spoolMaxBytes() - bytes;
            return growth < 1 ? null : (long) Math.max(0, room / growth);
        }

        private StatusReport.Completeness completeness() {
            return new StatusReport.Completeness(
                    readings.value("completeness_ratio", ANY),
                    inputs.completeness().get().stream()
                            .sorted(Comparator.comparingDouble(Completeness.Share::ratio)
                                    .thenComparing(Comparator.comparingLong(Completeness.Share::counted)
                                            .reversed()))
                            .limit(MAX_FUNCTIONS)
                            .toList());
        }

        private StatusReport.DeadLetters deadLetters() {
            StatusInputs.DeadLetters letters = inputs.deadLetters().apply(MAX_DEAD_LETTERS);
            return new StatusReport.DeadLetters(letters.count(), readings.sum("dead_letter_lines"), letters.newest());
        }

        private StatusReport.History history() {
            Map<String, int[]> measurements = new LinkedHashMap<>();
            for (StatusInputs.Measurement one : inputs.measurements()) {
                measurements.put(one.id(), history.sums(readings, "points_spooled", ofMeasurement(one.id())));
            }
            Map<String, int[]> targets = new LinkedHashMap<>();
            for (StatusInputs.Target target : inputs.targets()) {
                targets.put(target.name(), history.sums(readings, "points_delivered", of(target.name())));
            }
            int[] spooled = history.sums(readings, "points_spooled", ANY);
            int[] received = history.sums(readings, "points_received", ANY);
            for (int i = 0; i < spooled.length && i < received.length; i++) {
                spooled[i] += received[i];
            }
            return new StatusReport.History(
                    history.endMillis() / 1000, Ring.STEP_SECONDS, spooled, measurements, targets);
        }

        /**
         * The problems of a kind of part that concern something: a part is a kind and names, joined by dots, and one that
         * does not name a thing of that sort concerns all of them.
         */
        private List<StatusReport.Problem> problemsOf(String kind, Set<String> names) {
            return problems.stream()
                    .filter(problem -> {
                        List<String> words = words(problem.part());
                        return words.get(0).equals(kind) && names.containsAll(words.subList(1, words.size()));
                    })
                    .toList();
        }
    }

    private static List<String> words(String part) {
        int dot = part.indexOf('.');
        if (dot < 0) {
            return List.of(part);
        }
        return part.startsWith("measurement.")
                ? List.of("measurement", part.substring(dot + 1))
                : Arrays.asList(part.split("\\."));
    }

    private static String worst(List<StatusReport.Problem> problems) {
        return problems.stream()
                .map(StatusReport.Problem::level)
                .min(Comparator.comparingInt(List.of(DOWN, WARNING)::indexOf))
                .orElse(UP);
    }

    private static double portion(double part, double whole) {
        return whole <= 0 ? 0 : Math.min(1, part / whole);
    }
}
