package io.funcobserver.delivery;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import io.funcobserver.config.Settings;
import io.funcobserver.config.TargetSettings;
import io.funcobserver.lineprotocol.Category;
import io.funcobserver.observe.Metrics;

/** The dead letters of all targets and categories. */
public record DeadLetterFolders(List<DeadLetters> all) implements DeadLetterList {
    public DeadLetterFolders {
        all = List.copyOf(all);
    }

    /** @param metrics may be null where none are kept, as in the commands that only look */
    public static DeadLetterFolders of(Settings settings, Metrics metrics) {
        Path root = Path.of(settings.text("data.directory")).resolve("dead-letter");
        List<DeadLetters> folders = new ArrayList<>();
        for (TargetSettings target : settings.targets()) {
            for (Category category : Category.values()) {
                folders.add(new DeadLetters(
                        root.resolve(target.name()).resolve(category.id()),
                        target.name(),
                        category,
                        settings.size("dead-letter.max-size"),
                        metrics));
            }
        }
        return new DeadLetterFolders(folders);
    }

    public void open() throws IOException {
        for (DeadLetters folder : all) {
            folder.open();
        }
    }

    /** @throws IllegalArgumentException where there is no such target */
    public DeadLetters of(String target, Category category) {
        return all.stream()
                .filter(folder -> folder.target().equals(target) && folder.category() == category)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no target \"" + target + "\""));
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
        of(letter.target(), letter.category()).write(letter, report);
    }
}
