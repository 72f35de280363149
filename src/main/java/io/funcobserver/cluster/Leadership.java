package io.funcobserver.cluster;

/** Whether this process is the one that reads. Asked before each page and before each cursor is moved. */
@FunctionalInterface
public interface Leadership {
    /** Without replicas: this process reads, always. */
    Leadership ALONE = () -> Term.FIRST;

    /**
     * A time of leading without a break. Two of them differ, in whichever process.
     *
     * @param number counts the terms of this process
     * @param takesOver whether somebody may have led before: another replica, or an earlier life of this one
     */
    record Term(long number, boolean takesOver) {
        private static final Term FIRST = new Term(0, false);
    }

    /** @return null while this process must not read */
    Term term();

    /** Whether the term has not ended. */
    default boolean holds(Term term) {
        return term != null && term.equals(term());
    }
}
