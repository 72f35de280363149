package io.funcobserver.http;

import java.time.Duration;

/**
 * What a port of ours grants to whoever connects.
 *
 * @param connections the most at a time; one more, and the one whose sender has kept us waiting longest is closed for it
 * @param header how long a connection may take from its opening, or from its last answer, to the end of a request's head
 * @param request how long a request may take from its last byte to the end of its answer
 * @param bodies whether requests may have a body
 * @param bodyRate bytes a second that a body has to come in with, in the mean, after the time for a head
 * @param workers how many requests are worked on at a time; others wait
 */
public record ServerLimits(
        int connections, Duration header, Duration request, boolean bodies, long bodyRate, int workers) {
    /** For health, metrics and the status page. */
    public static final ServerLimits OBSERVE =
            new ServerLimits(100, Duration.ofSeconds(10), Duration.ofSeconds(30), false, 0, 4);

    /** For what Func uploads: its time-out is 10 s, and each worker of each Func has a connection of its own. */
    public static final ServerLimits INTAKE =
            new ServerLimits(200, Duration.ofSeconds(10), Duration.ofSeconds(60), true, 512 << 10, 16);
}
