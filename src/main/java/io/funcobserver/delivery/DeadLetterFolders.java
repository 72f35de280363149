package io.funcobserver.delivery;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.funcobserver.spool.Category;

/** The dead letters of all categories. */
public final class DeadLetterFolders {
    private final Map<Category, DeadLetters> folders = new TreeMap<>();

    public DeadLetterFolders(List<DeadLetters> folders) {
        folders.forEach(one -> this.folders.put(one.category(), one));
    }

    public DeadLetters of(Category category) {
        return folders.get(category);
    }

    /** All of them, by category. */
    public List<DeadLetters> all() {
        return List.copyOf(folders.values());
    }

    /** {@link DeadLetters#seal} in the folder of its category. */
    public void seal(DeadLetter letter) throws IOException {
        of(letter.category()).seal(letter);
    }
}
