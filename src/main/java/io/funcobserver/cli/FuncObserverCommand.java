package io.funcobserver.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

import io.funcobserver.check.ConfigurationCheck;
import io.funcobserver.config.ConfigurationException;
import io.funcobserver.config.Reading;
import io.funcobserver.config.Settings;
import io.funcobserver.config.SettingsSources;
import io.funcobserver.logging.Logging;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/** The commands; without the name of one, {@code run}. */
@Command(
        name = "func-observer",
        description = "Ships DataFlux Func's telemetry to any line-protocol endpoint.",
        synopsisSubcommandLabel = "[run | check | preview | dead-letters | replay | init]",
        footer = {
            "",
            "Without a command: run. Properties come from --set, from the environment",
            "(FUNC_MYSQL_PASSWORD for func.mysql.password), from application.properties in",
            "the working directory, and from defaults.",
            "Exit codes: 0 done or stopped, 1 failed, 2 bad usage or configuration."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        scope = ScopeType.INHERIT)
final class FuncObserverCommand implements Callable<Integer> {
    private static final String FIRST_RUN = """
            func-observer: nothing is configured. It needs Func's MySQL and Redis, and a receiver of line protocol:
              FUNC_MYSQL_PASSWORD=… FUNC_REDIS_PASSWORD=… java -jar func-observer.jar \\
                --set target.url=http://127.0.0.1:9529 --set func.mysql.host=127.0.0.1 --set func.redis.host=127.0.0.1
            To be asked for them, have them tested and written to application.properties:
              java -jar func-observer.jar init""";

    @Option(
            names = "--set",
            paramLabel = "key=value",
            description = "Sets a property; may be repeated.",
            scope = ScopeType.INHERIT)
    private final List<String> assignments = new ArrayList<>();

    private final Application application;
    private final Console console;

    FuncObserverCommand(Application application, Console console) {
        this.application = application;
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        return run();
    }

    @Command(name = "run", description = "Reads and delivers until it is stopped.")
    int run() throws Exception {
        Reading reading = reading();
        if (reading.nothingGiven()) {
            FIRST_RUN.lines().forEach(console.err()::println);
            return ExitCode.USAGE;
        }
        Settings settings = reading.orThrow();
        UntilStopped.run(() -> application.start(settings));
        return 0;
    }

    @Command(name = "check", description = "Tests the configuration without sending a point.")
    int check() {
        boolean allWell = new ConfigurationCheck(application.probes()).run(checked(), console.out()::println);
        return allWell ? 0 : 1;
    }

    @Command(name = "preview", description = "Prints lines as they would be sent, and sends none.")
    int preview(
            @Parameters(
                            paramLabel = "MEASUREMENT",
                            arity = "0..*",
                            description = "Route ids or names of measurements; all unless given.")
                    List<String> measurements)
            throws Exception {
        return application.preview(reading().withoutTarget().orThrow(), orNone(measurements), console.bytes());
    }

    @Command(name = "dead-letters", description = "Lists the dead letters: lines that were rejected, and why.")
    int deadLetters() throws Exception {
        return application.deadLetters(reading().withoutTarget().orThrow(), console.out(), console.err());
    }

    @Command(name = "replay", description = "Puts dead letters back on the way to the target.")
    int replay(
            @Parameters(paramLabel = "FILE", arity = "0..*", description = "Dead letters; all unless given.")
                    List<String> files)
            throws Exception {
        return application.replay(reading().withoutTarget().orThrow(), orNone(files), console.out(), console.err());
    }

    @Command(name = "init", description = "Asks for what is needed, tests it and writes application.properties.")
    int init() throws Exception {
        SettingsSources process = SettingsSources.ofProcess(assignments);
        return new Init(application, console, Init.Questions.ofTerminal().orElse(null))
                .run(process.file(), assignments, process.environment());
    }

    private Reading reading() {
        return reading(application.measurements());
    }

    private Reading reading(List<String> measurements) {
        Reading reading = Settings.read(SettingsSources.ofProcess(assignments), measurements);
        Logging.apply(reading.settings());
        return reading;
    }

    /** Route files that cannot be read are a finding of their own. */
    private Reading checked() {
        try {
            return reading();
        } catch (ConfigurationException e) {
            return reading(List.of());
        }
    }

    private static List<String> orNone(List<String> values) {
        return values == null ? List.of() : values;
    }
}
