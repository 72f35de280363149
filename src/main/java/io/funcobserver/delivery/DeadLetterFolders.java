package io.funcobserver.delivery;

import java.io.IOException;
import java.util.List;

import io.funcobserver.spool.Category;

/** The dead letters of all targets and categories. */
public record DeadLetterFolders(List<DeadLetters> all) {
    public DeadLetterFolders {
        all = List.copyOf(all);
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

    /** {@link DeadLetters#write} into the folder of its target and category. */
    public void write(DeadLetter letter, byte[] report) throws IOException {
        of(letter.target(), letter.category()).write(letter, report);
    }
}
