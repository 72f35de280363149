package io.funcobserver.intake;

/** A request to the intake is answered with something else than 200. */
public final class UploadRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final int MALFORMED = 400;
    private static final int UNAUTHORIZED = 401;
    private static final int NOT_FOUND = 404;
    private static final int TOO_LARGE = 413;
    private static final int NOT_NOW = 503;

    private final int status;

    private UploadRefusedException(int status, String why) {
        super(why, null, false, false);
        this.status = status;
    }

    /** 400: nothing in it can be used, and sending it again brings nothing. */
    static UploadRefusedException malformed(String why) {
        return new UploadRefusedException(MALFORMED, why);
    }

    /** 401. */
    static UploadRefusedException unknown(String why) {
        return new UploadRefusedException(UNAUTHORIZED, why);
    }

    /** 404. */
    static UploadRefusedException elsewhere(String why) {
        return new UploadRefusedException(NOT_FOUND, why);
    }

    /** 413. */
    static UploadRefusedException tooLarge(String why) {
        return new UploadRefusedException(TOO_LARGE, why);
    }

    /** 503: the sender is to try again. */
    static UploadRefusedException notNow(String why) {
        return new UploadRefusedException(NOT_NOW, why);
    }

    /** Whether the sender is to try again. */
    boolean isForNow() {
        return status == NOT_NOW;
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }
}
