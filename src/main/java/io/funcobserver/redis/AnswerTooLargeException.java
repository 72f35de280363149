package io.funcobserver.redis;

import java.io.IOException;

/** Redis sends, or says that it will send, more in one answer than is read. The connection is of no use any more. */
public final class AnswerTooLargeException extends IOException {
    private static final long serialVersionUID = 1;

    AnswerTooLargeException(String message) {
        super(message);
    }
}
