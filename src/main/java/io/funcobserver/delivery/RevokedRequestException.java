package io.funcobserver.delivery;

/** The request has become another process's, which makes it from the beginning: this one neither sends nor settles it. */
public final class RevokedRequestException extends Exception {
    private static final long serialVersionUID = 1L;

    RevokedRequestException(String name) {
        super(name + " is another process's to deliver now", null, false, false);
    }
}
