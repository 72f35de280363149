package io.funcobserver.redis;

import java.io.IOException;

import org.apache.camel.util.ObjectHelper;

/** Redis sends, or says that it will send, more in one answer than is read. The connection is of no use any more. */
public final class AnswerTooLargeException extends IOException {
    private static final long serialVersionUID = 1;

    private final int index;

    AnswerTooLargeException(String message, int index) {
        super(message);
        this.index = index;
    }

    /** Which of the answer's values was the one too many, from 0; the values before it would fit into an answer. */
    public int index() {
        return index;
    }

    /** The exception of this kind among the causes; null where there is none. */
    public static AnswerTooLargeException in(Throwable failure) {
        return ObjectHelper.getException(AnswerTooLargeException.class, failure);
    }
}
