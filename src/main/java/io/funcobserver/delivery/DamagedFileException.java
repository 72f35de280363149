package io.funcobserver.delivery;

/** A file of the spool does not hold what was sealed; a receiver might store changed lines, or answer 200 and lose them. */
public final class DamagedFileException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient DeadLetter letter;

    DamagedFileException(String message, DeadLetter letter) {
        super(message, null, false, false);
        this.letter = letter;
    }

    /** What becomes of the file. */
    public DeadLetter letter() {
        return letter;
    }
}
