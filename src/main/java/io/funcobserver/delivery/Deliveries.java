package io.funcobserver.delivery;

import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;

import io.funcobserver.lineprotocol.Category;
import io.funcobserver.observe.Destination;
import io.funcobserver.observe.HealthState;
import io.funcobserver.observe.Metrics;
import io.funcobserver.spool.SpoolFile;
import org.apache.camel.Body;
import org.apache.camel.CamelContext;
import org.apache.camel.Header;
import org.apache.camel.LoggingLevel;
import org.apache.camel.Processor;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.spi.Registry;
import org.apache.camel.spi.RouteTemplateParameterSource;
import org.apache.camel.support.LoggingExceptionHandler;

/** The delivery of each category to each target, and the routes that Camel makes for it of the templates in {@code routes/}. */
public final class Deliveries implements RouteTemplateParameterSource {
    /** The template of the route that takes from the spool. */
    public static final String TEMPLATE = "deliver";

    private final List<Target> targets;
    private final Clock clock;
    /** By what the names of their routes and beans end in. */
    private final Map<String, Delivery> deliveries = new LinkedHashMap<>();

    private final Map<Destination, SpooledRequests> sources = new LinkedHashMap<>();
    private final Map<String, Map<String, Object>> routes = new LinkedHashMap<>();

    /** @param redaction masks every secret that a text may repeat */
    public Deliveries(
            List<Target> targets,
            Delivery.Retry retry,
            HealthState health,
            Metrics metrics,
            Clock clock,
            UnaryOperator<String> redaction) {
        this.targets = List.copyOf(targets);
        this.clock = clock;
        for (Target target : targets) {
            for (Category category : Category.values()) {
                Destination to = new Destination(target.name(), category);
                deliveries.put(name(to), new Delivery(to, target, retry, health, metrics, clock, redaction));
            }
            target.sent().forEach(this::addRoutes);
        }
    }

    private void addRoutes(Destination to) {
        String category = to.category().id();
        for (String template : List.of("post", "request", TEMPLATE)) {
            routes.put(
                    template + '-' + name(to),
                    Map.of(TEMPLATE_ID, template, "target", to.target(), "category", category));
        }
    }

    private static String name(Destination to) {
        return to.target() + '-' + to.category().id();
    }

    /**
     * Binds what the routes name.
     *
     * @param tls asked for a target that is reached by https
     */
    public void bindTo(CamelContext camel, Supplier<SSLContext> tls) {
        Registry registry = camel.getRegistry();
        registry.bind("delivery", this);
        registry.bind("delivery-failed", (Processor) exchange -> deliveries
                .get(exchange.getFromRouteId().replaceFirst(TEMPLATE + '-', ""))
                .failed(exchange));
        deliveries.forEach((name, delivery) -> registry.bind("delivery-" + name, delivery));
        // Of a delivery that a stop interrupted, nothing is said: its request is still in place, and other failures are
        // reported.
        registry.bind("quiet", new LoggingExceptionHandler(camel, Delivery.class, LoggingLevel.DEBUG));
        LazyTls.use(camel.getComponent("http", HttpComponent.class));
        targets.forEach(target -> registry.bind("client-" + target.name(), new TargetClient(target, tls)));
    }

    /** Binds what gives each delivery its requests. */
    public void bindRequests(Registry registry, Function<Delivery, SpooledRequests> requests) {
        deliveries.forEach((name, delivery) -> {
            SpooledRequests its = requests.apply(delivery);
            sources.put(delivery.destination(), its);
            registry.bind("requests-" + name, its);
        });
    }

    /** When the oldest request of a category was made safe that is still to be delivered; null for none. */
    public Instant waitingSince(Category category) {
        return sources.entrySet().stream()
                .filter(source -> source.getKey().category() == category)
                .map(source -> source.getValue().waitingSince())
                .filter(Objects::nonNull)
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    /** What a delivery waits for; empty while it does not. */
    public Optional<Delivery.Waiting> waiting(Destination destination) {
        return deliveries.get(name(destination)).waiting();
    }

    @Override
    public Map<String, Object> parameters(String routeId) {
        return routes.get(routeId);
    }

    @Override
    public Set<String> routeIds() {
        return routes.keySet();
    }

    /**
     * Makes a dead letter of lines that the intake refused since they are no points: no target has seen them, so they lie with
     * the first one.
     *
     * @param reason what is wrong with them, and where
     */
    public DeadLetter refused(
            @Body byte[] lines,
            @Header("category") String category,
            @Header("reason") String reason,
            @Header("lines") long count) {
        Destination first = new Destination(targets.get(0).name(), Category.of(category));
        String name = SpoolFile.stamp(clock.instant()) + "_intake_" + UUID.randomUUID() + "_refused";
        return new DeadLetter(
                new DeadLetterId(first, name),
                lines,
                DeadLetterReport.unsent(
                        clock.instant(), first.category(), "", "refused by the intake: " + reason, count));
    }
}
