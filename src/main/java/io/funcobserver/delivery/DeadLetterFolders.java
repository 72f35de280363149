package io.funcobserver.delivery;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import io.funcobserver.config.Settings;
import io.funcobserver.config.TargetSettings;
import io.funcobserver.observe.Destination;
import io.funcobserver.observe.Metrics;

/** The dead letters of all targets and categories. */
public record DeadLetterFolders(List<DeadLetters> all) implements DeadLetterList {
    public DeadLetterFolders {
        all = List.copyOf(all);
    }

    /** @param metrics may be null where none are kept, as in the commands that only look */
    public static DeadLetterFolders of(Settings settings, Metrics metrics) {
        Path root = Path.of(settings.text("data.directory")).resolve("dead-letter");
        List<String> targets =
                settings.targets().stream().map(TargetSettings::name).toList();
        return new DeadLetterFolders(Destination.all(targets).stream()
                .map(to -> new DeadLetters(
                        root.resolve(to.target()).resolve(to.category().id()),
                        to,
                        settings.size("dead-letter.max-size"),
                        metrics))
                .toList());
    }

    public void open() throws IOException {
        for (DeadLetters folder : all) {
            folder.open();
        }
    }

    /** @throws IllegalArgumentException where there is no such target */
    public DeadLetters of(Destination destination) {
        return all.stream()
                .filter(folder -> folder.destination().equals(destination))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no target \"" + destination.target() + "\""));
    }

    @Override
    public long count() {
        return all.stream().mapToLong(DeadLetters::files).sum();
    }

    /** The newest, newest first; only their reports are read. */
    @Override
    public List<DeadLetters.Entry> newest(int limit) {
        List<DeadLetters.Entry> newest = new ArrayList<>();
        all.forEach(folder -> newest.addAll(folder.newest(limit)));
        newest.sort(Comparator.comparing(DeadLetters.Entry::when).reversed());
        return newest.subList(0, Math.min(limit, newest.size()));
    }

    /** {@link DeadLetters#write} into the folder of its target and category. */
    public void write(DeadLetter letter, byte[] report) throws IOException {
        of(letter.destination()).write(letter, report);
    }
}
