package io.funcobserver.spool;

import io.funcobserver.observe.Destination;

/** The requests that wait for one destination. */
public interface Backlog {
    Destination destination();

    /** How many requests wait. */
    long requests();
}
