package io.funcobserver.delivery;

/** What an answer of the target means for the lines that were sent. */
public enum Answer {
    /** The lines are stored. */
    ACCEPTED,
    /** The target cannot take them at the moment; the same lines may be welcome later. */
    NOT_NOW,
    /** The target refuses whatever comes this way: a wrong address or a missing right, not a wrong line. */
    MISCONFIGURED,
    /** There is something wrong with these very lines. */
    REJECTED;

    /** Sorts an HTTP status. */
    public static Answer of(int status) {
        return switch (status) {
            case 408, 425, 429 -> NOT_NOW;
            case 401, 403, 404, 405, 407 -> MISCONFIGURED;
            default ->
                switch (status / 100) {
                    case 2 -> ACCEPTED;
                    case 3 -> MISCONFIGURED;
                    case 4 -> REJECTED;
                    default -> NOT_NOW;
                };
        };
    }
}
