package io.funcobserver.app;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.funcobserver.config.Settings;
import io.funcobserver.delivery.DeadLetterReport;
import io.funcobserver.delivery.TargetUrl;
import io.funcobserver.observe.Conditions;
import io.funcobserver.observe.status.FuncActivity;
import io.funcobserver.observe.status.LatestLines;
import io.funcobserver.observe.status.StatusInputs;
import io.funcobserver.observe.status.StatusModel;
import io.funcobserver.observe.status.StatusPage;
import io.funcobserver.spool.Category;
import io.micrometer.core.instrument.MeterRegistry;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.main.Main;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives the status page what it shows: the taps into what passes, and what only the other packages know. */
final class StatusWiring {
    private static final Logger LOG = LoggerFactory.getLogger(StatusWiring.class);
    private static final ObjectMapper JSON =
            new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private final Settings settings;
    private final Clock clock;
    private final FuncActivity func = new FuncActivity();
    private final LatestLines lines;

    StatusWiring(Settings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        this.lines = new LatestLines(clock);
    }

    /** Puts the taps in; before Camel starts. */
    void bindTo(Main camel) {
        camel.bind("block-tap", new BlockTap(lines, func, clock));
        ObservedTaskRows taskRows = new ObservedTaskRows(settings.zone(), func, clock, measurementOfCalls());
        camel.bind("taskRows", taskRows);
    }

    /** Opens the page; after Camel has started. */
    void open(CamelContext camel, List<String> measurements, MeterRegistry registry, Conditions conditions) {
        StatusInputs inputs = new StatusInputs(
                version(),
                settings.text("func.site-name") == null ? "" : settings.text("func.site-name"),
                settings.size("spool.max-size"),
                sources(),
                measurements.stream().map(id -> measurement(camel, id)).toList(),
                List.of(target()),
                List::of,
                this::newestDeadLetters,
                List::of);
        String token = settings.effective().get("observe.token");
        StatusPage.open(camel, new StatusModel(registry, conditions, inputs, func, lines, clock), token);
    }

    private static String version() {
        String version = StatusWiring.class.getPackage().getImplementationVersion();
        return version == null ? "" : version;
    }

    private List<StatusInputs.Source> sources() {
        return List.of(
                new StatusInputs.Source(
                        "mysql", "MySQL tables", address("mysql") + settings.text("func.mysql.database")),
                new StatusInputs.Source("redis", "Redis", address("redis") + settings.text("func.redis.database")));
    }

    private String address(String source) {
        return settings.text("func." + source + ".host") + ':' + settings.text("func." + source + ".port") + '/';
    }

    private StatusInputs.Measurement measurement(CamelContext camel, String id) {
        Route route = camel.getRoute(id);
        String uri = route == null ? "" : route.getEndpoint().getEndpointUri();
        boolean tables = uri.startsWith("kamelet:")
                || Files.exists(Path.of("routes/measurements", id + ".sql"))
                || StatusWiring.class.getResource("/routes/measurements/" + id + ".sql") != null;
        boolean enabled = !"false".equals(settings.effective().get("measurement." + id + ".enabled"));
        return new StatusInputs.Measurement(
                id,
                "DFF_" + id.replace('-', '_'),
                id.startsWith("task-record") ? "logging" : "metric",
                tables ? "mysql" : "redis",
                enabled);
    }

    private StatusInputs.Target target() {
        List<String> sent = Arrays.stream(Category.values())
                .filter(category -> url(category).isSent())
                .map(Category::id)
                .toList();
        TargetUrl url = url(Category.METRIC).isSent() ? url(Category.METRIC) : url(Category.LOGGING);
        String address =
                url.isSent() ? url.uri().getScheme() + "://" + url.uri().getAuthority() : "";
        return new StatusInputs.Target("main", address.replaceAll("//[^@/]*@", "//"), sent);
    }

    private TargetUrl url(Category category) {
        return TargetUrl.of(settings.text("target.url"), settings.text("target." + category.id() + "-path"));
    }

    /** Only the newest ones are read: there may be thousands. */
    private List<StatusInputs.GivenUp> newestDeadLetters(int limit) {
        List<Path> reports = new ArrayList<>();
        for (Category category : Category.values()) {
            Path folder = Path.of(settings.text("data.directory"), "dead-letter", category.id());
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.json")) {
                files.forEach(reports::add);
            } catch (IOException e) {
                LOG.debug("{} cannot be listed", folder, e);
            }
        }
        List<StatusInputs.GivenUp> newest = new ArrayList<>();
        // Names begin with a number that grows.
        reports.sort(Comparator.comparing((Path path) -> path.getFileName().toString())
                .reversed());
        for (Path path : reports.subList(0, Math.min(limit, reports.size()))) {
            try {
                newest.add(givenUp(path));
            } catch (NoSuchFileException e) {
                LOG.debug("{} was replayed while it was looked at", path);
            } catch (IOException e) {
                LOG.debug("{} cannot be read", path, e);
            }
        }
        newest.sort(Comparator.comparing(StatusInputs.GivenUp::when).reversed());
        return newest;
    }

    private static StatusInputs.GivenUp givenUp(Path path) throws IOException {
        DeadLetterReport report = JSON.readValue(Files.readAllBytes(path), DeadLetterReport.class);
        String file = path.getFileName().toString();
        String name = file.substring(0, file.length() - ".json".length());
        return new StatusInputs.GivenUp(
                name,
                "main",
                report.category(),
                report.when(),
                report.lines(),
                report.status(),
                report.reason() + (report.answer() == null || report.answer().isBlank() ? "" : ": " + report.answer()),
                "java -jar func-observer.jar replay " + name);
    }

    /** Calls stand in two measurements: they are counted in the one that is read. */
    private String measurementOfCalls() {
        boolean calls = !"false".equals(settings.effective().get("measurement.func-call.enabled"));
        return calls ? "func-call" : "task-record-func";
    }
}
