package io.funcobserver.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.funcobserver.check.ConfigurationCheck;
import io.funcobserver.config.Catalogue;
import io.funcobserver.config.ConfigurationException;
import io.funcobserver.config.ConfigurationFile;
import io.funcobserver.config.Property;
import io.funcobserver.config.Reading;
import io.funcobserver.config.Settings;
import io.funcobserver.config.SettingsSources;
import io.funcobserver.diagnosis.MySqlDiagnosis;
import io.funcobserver.diagnosis.RedisDiagnosis;
import io.funcobserver.logging.Logging;

/** Makes a configuration: asks for what is needed, tests it, and writes it where there is none. */
final class Init {
    /** What differs between any two installations; the rest has defaults that fit most. */
    private static final List<String> ASKED = List.of(
            "target.url",
            "func.mysql.host",
            "func.mysql.port",
            "func.mysql.database",
            "func.mysql.username",
            "func.mysql.password",
            "func.redis.host",
            "func.redis.port",
            "func.redis.database",
            "func.redis.username",
            "func.redis.password",
            "func.site-name");

    private final Application application;
    private final Console console;
    private final Questions questions;

    /** Somebody who answers. */
    @FunctionalInterface
    interface Questions {
        /** @return null at the end of input */
        String ask(String question, boolean secret);

        /** The terminal, where there is one. */
        static Optional<Questions> ofTerminal() {
            return Optional.ofNullable(System.console()).map(terminal -> (question, secret) -> {
                if (!secret) {
                    return terminal.readLine("%s: ", question);
                }
                char[] hidden = terminal.readPassword("%s: ", question);
                return hidden == null ? null : new String(hidden);
            });
        }
    }

    /** @param questions null where nobody can be asked */
    Init(Application application, Console console, Questions questions) {
        this.application = application;
        this.console = console;
        this.questions = questions;
    }

    /**
     * Writes the file.
     *
     * @param assignments of {@code --set}; what they give is not asked for
     * @param environment what it gives is neither asked for nor written
     * @return 0 when the configuration passed its test, else 1; it is written all the same
     * @throws ConfigurationException when the file is there already, or something is missing or malformed
     */
    int run(Path file, List<String> assignments, Map<String, String> environment) throws IOException {
        if (Files.exists(file)) {
            throw new ConfigurationException(
                    file + " is there already and is not overwritten; change it, or move it away, and see check");
        }
        Map<String, String> given = new LinkedHashMap<>(new SettingsSources(assignments, environment, null).assigned());
        if (questions != null) {
            ask(given, environment);
        }
        Reading reading = reading(given, environment);
        Settings settings = reading.orThrow();
        Logging.apply(settings);
        boolean allWell = new ConfigurationCheck(application.probes()).run(reading, console.out()::println);
        write(file, ConfigurationFile.of(settings.catalogue(), given));
        console.out().println();
        console.out().println("written: " + file.toAbsolutePath() + ", readable by its owner only");
        grants(settings);
        console.out()
                .println(
                        allWell
                                ? "start it with: java -jar func-observer.jar"
                                : "something above does not work yet: correct it there or in the file, then run check");
        return allWell ? 0 : 1;
    }

    private void ask(Map<String, String> given, Map<String, String> environment) {
        console.out().println("Press Enter to accept the value in brackets.");
        for (String key : ASKED) {
            Property property = Catalogue.standard().find(key);
            boolean several = key.equals("target.url") && given.containsKey("targets");
            if (several || given.containsKey(key) || environment.containsKey(property.environmentVariable())) {
                continue;
            }
            String answer = answer(property, given, environment);
            if (!answer.isEmpty()) {
                given.put(key, answer);
            }
        }
    }

    private String answer(Property property, Map<String, String> given, Map<String, String> environment) {
        String fallback = property.fallback() == null ? "" : " [" + property.fallback() + ']';
        while (true) {
            String answer = questions.ask(
                    property.key() + ", " + property.description() + fallback,
                    property.key().endsWith(".password"));
            if (answer == null) {
                throw new ConfigurationException("the answers ended before the questions; nothing was written");
            }
            Map<String, String> tried = new LinkedHashMap<>(given);
            if (!answer.isEmpty()) {
                tried.put(property.key(), answer);
            }
            Optional<Reading.Problem> problem = reading(tried, environment).problems().stream()
                    .filter(each -> each.key().equals(property.key()))
                    .findFirst();
            if (problem.isEmpty()) {
                return answer;
            }
            console.out().println(problem.get());
        }
    }

    private Reading reading(Map<String, String> given, Map<String, String> environment) {
        return Settings.read(new SettingsSources(given, environment, null), application.measurements());
    }

    /** The file holds secrets: a temporary one is its owner's alone from the first moment. */
    private static void write(Path file, String text) throws IOException {
        Path whole = Files.createTempFile(file.toAbsolutePath().getParent(), file.getFileName() + ".", ".tmp");
        Files.writeString(whole, text);
        Files.move(whole, file);
    }

    private void grants(Settings settings) {
        console.out().println("every right it needs in MySQL:  " + MySqlDiagnosis.grant(settings) + ';');
        console.out().println("every right it needs in Redis:  " + RedisDiagnosis.grant(settings));
    }
}
