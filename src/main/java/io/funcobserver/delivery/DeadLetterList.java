package io.funcobserver.delivery;

import java.util.List;

/** The dead letters that are there, wherever they are kept. */
public interface DeadLetterList {
    /** How many there are. */
    long count();

    /** The newest, newest first. */
    List<DeadLetters.Entry> newest(int limit);
}
