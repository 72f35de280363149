package io.funcobserver.app;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.funcobserver.check.DirectoryProbe;
import io.funcobserver.check.FuncProbe;
import io.funcobserver.check.IntakeProbe;
import io.funcobserver.check.LeaseProbe;
import io.funcobserver.check.LeftoversProbe;
import io.funcobserver.check.MySqlProbe;
import io.funcobserver.check.Probe;
import io.funcobserver.check.RedisProbe;
import io.funcobserver.check.TargetProbe;
import io.funcobserver.cli.Application;
import io.funcobserver.cli.CommandLineInterface;
import io.funcobserver.cli.Terminal;
import io.funcobserver.config.Settings;
import io.funcobserver.kafka.KafkaCheck;
import io.funcobserver.lineprotocol.Category;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the process begins, and what its commands do, with the routes of the working directory. */
public final class FuncObserver implements Application {
    private static final Logger LOG = LoggerFactory.getLogger(FuncObserver.class);
    private static final Path ROUTES = Path.of("routes");

    private FuncObserver() {}

    public static void main(String[] arguments) {
        CommandLineInterface commands = new CommandLineInterface(
                new FuncObserver(), new FileOutputStream(FileDescriptor.out), new FileOutputStream(FileDescriptor.err));
        System.exit(commands.execute(arguments));
    }

    @Override
    public List<String> measurements() {
        return RouteFiles.in(ROUTES).ids();
    }

    @Override
    public List<Probe> probes() {
        return List.of(
                new MySqlProbe(),
                new RedisProbe(),
                new FuncProbe(),
                new TargetProbe(Category.METRIC),
                new TargetProbe(Category.LOGGING),
                new IntakeProbe(),
                new LeaseProbe(),
                new KafkaCheck(),
                new DirectoryProbe(),
                new LeftoversProbe(),
                new RoutesProbe(ROUTES));
    }

    @Override
    public Running start(Settings settings) throws Exception {
        RouteFiles routes = RouteFiles.in(ROUTES);
        Pipeline pipeline = Pipeline.start(settings, routes);
        LOG.info(
                "Reading {} and delivering; what it does is shown at {}, health and metrics at /observe/health and"
                        + " /observe/metrics",
                routes.ids().stream()
                        .filter(id -> settings.flag("measurement." + id + ".enabled"))
                        .collect(Collectors.joining(", ")),
                pipeline.page(settings));
        return pipeline;
    }

    @Override
    public int preview(Settings settings, List<String> measurements, OutputStream out) throws Exception {
        RouteFiles routes = RouteFiles.in(ROUTES);
        Map<String, String> failed =
                new Preview(settings, routes, out, Terminal.showsOutput()).print(routes.named(measurements));
        new TreeMap<>(failed)
                .forEach((measurement, reason) -> LOG.error("{} could not be read: {}", measurement, reason));
        return failed.isEmpty() ? 0 : 1;
    }

    @Override
    public int deadLetters(Settings settings, PrintWriter out, PrintWriter err) throws Exception {
        return DeadLetterConsole.list(settings, out, err);
    }

    @Override
    public int replay(Settings settings, List<String> files, PrintWriter out, PrintWriter progress) throws Exception {
        return DeadLetterConsole.replay(settings, files, out, progress);
    }
}
