package io.funcobserver.delivery;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

import io.funcobserver.lineprotocol.Category;
import io.funcobserver.spool.BatchLimits;
import io.funcobserver.spool.Kind;
import io.funcobserver.spool.LineBlock;
import io.funcobserver.spool.Lines;

/**
 * Puts dead letters back on their way to their target, whether the product runs or not: as requests of as many dead letters
 * as the batch limits allow.
 *
 * <p>A dead letter goes away when its lines are safe; a crash in between may send it twice, and never loses it.
 */
public abstract class Replay implements Closeable {
    /** Is told how far it has got, after each request. */
    @FunctionalInterface
    public interface Progress {
        /** @param lines how many lines are on their way by now */
        void progress(int filesDone, int files, long lines);
    }

    /**
     * What came of it.
     *
     * @param files how many dead letters are on their way
     * @param lines how many lines that are
     * @param errors one line for each dead letter that could not be replayed
     */
    public record Result(int files, long lines, List<String> errors) {}

    /** The lines of a dead letter. */
    @FunctionalInterface
    protected interface Content {
        byte[] lines() throws IOException;
    }

    /** What the names of replayed requests hold. */
    static final String MARK = "_replay_";

    /** What stands as the source of replayed requests. */
    protected static final String SOURCE = "replay";

    private final BatchLimits limits;

    protected Replay(BatchLimits limits) {
        this.limits = limits;
    }

    /**
     * What is there, oldest first, to be shown.
     *
     * @throws IOException when it cannot be read
     */
    public abstract List<DeadLetters.Entry> list() throws IOException;

    /** The same, to be replayed. */
    protected abstract Collection<DeadLetterId> letters() throws IOException;

    protected abstract DeadLetterReport report(DeadLetterId letter);

    /**
     * Reads dead letters, in their order.
     *
     * @param reader throws {@link UncheckedIOException} when no further one need be read: a request cannot be made safe
     */
    protected abstract void read(Set<DeadLetterId> chosen, BiConsumer<DeadLetterId, Content> reader) throws IOException;

    /**
     * Makes a request safe for the one target of its letters, or several where that takes more; then removes the letters.
     *
     * @param block more than the batch limits allow where one dead letter alone holds more
     * @param history what befell the lines before, oldest first
     */
    protected abstract void send(LineBlock block, List<DeadLetterReport> history, List<DeadLetterId> letters)
            throws IOException;

    /**
     * Replays the named dead letters.
     *
     * @param names with or without folder and ending; empty for all but those whose lines may have changed
     * @throws IOException when they cannot be read at all
     */
    public Result replay(List<String> names, Progress progress) throws IOException {
        List<String> errors = new ArrayList<>();
        Set<DeadLetterId> chosen = names.isEmpty() ? undamaged(errors) : named(names, errors);
        Run run = new Run(progress, errors, chosen.size() + errors.size());
        try {
            read(chosen, run::read);
            run.flush();
        } catch (IOException | UncheckedIOException e) {
            errors.add("the dead letters from the " + (run.done + 1) + ". on are not replayed: " + e.getMessage());
        }
        progress.progress(run.done + errors.size(), run.files, run.lines);
        return new Result(run.done, run.lines, errors);
    }

    private Set<DeadLetterId> undamaged(List<String> errors) throws IOException {
        Set<DeadLetterId> chosen = new LinkedHashSet<>(letters());
        chosen.removeIf(letter -> {
            boolean isDamaged = report(letter).isDamaged();
            if (isDamaged) {
                errors.add(
                        "\"" + letter.name() + "\" is left alone: its lines may have changed on a damaged disk; look at"
                                + " them, and give its name to replay it");
            }
            return isDamaged;
        });
        return chosen;
    }

    private Set<DeadLetterId> named(List<String> names, List<String> errors) throws IOException {
        Collection<DeadLetterId> there = letters();
        Set<DeadLetterId> chosen = new LinkedHashSet<>();
        for (String given : names) {
            List<DeadLetterId> found =
                    there.stream().filter(letter -> letter.isNamed(given)).toList();
            if (found.isEmpty()) {
                errors.add(missing(given));
            }
            chosen.addAll(found);
        }
        return chosen;
    }

    private static String missing(String name) {
        return "there is no dead letter \"" + name + "\" (any more); see func-observer dead-letters";
    }

    /** Gathers dead letters of one target and category until they fill a request. */
    private final class Run {
        private final Progress progress;
        private final List<String> errors;
        private final int files;
        private final List<DeadLetterId> gathered = new ArrayList<>();
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();
        private List<DeadLetterReport> history = List.of();
        private long gatheredLines;
        private int done;
        private long lines;

        Run(Progress progress, List<String> errors, int files) {
            this.progress = progress;
            this.errors = errors;
            this.files = files;
        }

        void read(DeadLetterId letter, Content read) {
            byte[] plain;
            try {
                plain = read.lines();
            } catch (NoSuchFileException e) {
                errors.add(missing(letter.name()));
                return;
            } catch (IOException e) {
                errors.add("\"" + letter.name() + "\" cannot be replayed: " + e.getMessage());
                return;
            }
            int count = Lines.ends(plain).size();
            if (count == 0) {
                errors.add("\"" + letter.name() + "\" cannot be replayed: it holds no lines");
                return;
            }
            if (!gathered.isEmpty()
                    && (!gathered.get(0).destination().equals(letter.destination())
                            || content.size() + plain.length > limits.maxBytes()
                            || gatheredLines + count > limits.maxLines())) {
                flush();
            }
            gathered.add(letter);
            gatheredLines += count;
            content.writeBytes(plain);
            if (plain[plain.length - 1] != '\n') {
                content.write('\n');
            }
            // Of the dead letters of one request, the longest history stands for all.
            DeadLetterReport report = report(letter);
            if (report.history().size() >= history.size()) {
                history = report.asHistory();
            }
        }

        void flush() {
            if (gathered.isEmpty()) {
                return;
            }
            Category category = gathered.get(0).destination().category();
            try {
                send(
                        LineBlock.plain(SOURCE, category, Kind.RECORD, content.toByteArray(), gatheredLines),
                        history,
                        gathered);
            } catch (IOException e) {
                throw new UncheckedIOException(e.getMessage(), e);
            }
            done += gathered.size();
            lines += gatheredLines;
            gathered.clear();
            content.reset();
            gatheredLines = 0;
            history = List.of();
            progress.progress(done + errors.size(), files, lines);
        }
    }
}
