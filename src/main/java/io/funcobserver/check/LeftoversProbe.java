package io.funcobserver.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.funcobserver.config.Settings;
import io.funcobserver.delivery.Target;
import io.funcobserver.observe.Destination;
import io.funcobserver.spool.DurableFiles;

/**
 * Looks for what another configuration has left in the data directory, and nothing delivers with this one: the requests and
 * dead letters of a target that has another name now, or whose path was emptied, and all files with {@code spool=kafka}.
 */
public final class LeftoversProbe extends Probe {
    public LeftoversProbe() {
        super("leftovers", "data.", "spool", "target");
    }

    @Override
    protected void test(Settings settings, Findings found) throws IOException {
        Path data = Path.of(settings.text("data.directory")).toAbsolutePath().normalize();
        Set<Path> delivered = new HashSet<>();
        if (settings.text("spool").equals("file")) {
            delivered.add(data.resolve("segments"));
            for (Target target : Target.all(settings)) {
                // Dead letters are replayed into a category that is not sent, too: that it is not is what the spool's
                // folder tells.
                Destination.all(List.of(target.name())).forEach(to -> delivered.add(folder(data, "dead-letter", to)));
                target.sent().forEach(to -> delivered.add(folder(data, "spool", to)));
            }
        }
        count(data.resolve("segments"), "*.segment", delivered, found);
        for (String kind : new String[] {"spool", "dead-letter"}) {
            for (Path target : folders(data.resolve(kind))) {
                for (Path category : folders(target)) {
                    count(category, "*.{lp,lp.gz}", delivered, found);
                }
            }
        }
    }

    private static Path folder(Path data, String kind, Destination to) {
        return data.resolve(kind).resolve(to.target()).resolve(to.category().id());
    }

    private static List<Path> folders(Path folder) throws IOException {
        return Files.isDirectory(folder)
                ? DurableFiles.entries(folder, "*").stream()
                        .filter(Files::isDirectory)
                        .sorted()
                        .toList()
                : List.of();
    }

    private static void count(Path folder, String glob, Set<Path> delivered, Findings found) throws IOException {
        if (delivered.contains(folder) || !Files.isDirectory(folder)) {
            return;
        }
        int files = DurableFiles.list(folder, glob).size();
        if (files > 0) {
            found.warn(folder + " holds " + files + (files == 1 ? " file" : " files")
                    + " that nothing delivers with this configuration; give the target its name, its path or spool=file"
                    + " back until they are delivered, or delete them");
        }
    }
}
