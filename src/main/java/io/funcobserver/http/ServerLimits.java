package io.funcobserver.http;

import java.time.Duration;

/**
 * What a port of ours grants to whoever connects.
 *
 * @param connections the most at a time; one more, and the one that waited longest without a request is closed for it
 * @param header how long a connection may take from its opening, or from its last answer, to the end of a request's head
 * @param request how long a request may take from its head to the end of its answer
 * @param bodies whether requests may have a body
 * @param workers how many requests are worked on at a time; others wait
 */
public record ServerLimits(int connections, Duration header, Duration request, boolean bodies, int workers) {
    /** For health, metrics and the status page. */
    public static final ServerLimits OBSERVE =
            new ServerLimits(100, Duration.ofSeconds(10), Duration.ofSeconds(30), false, 4);

    /** For what Func uploads: its time-out is 10 s, and each worker of each Func has a connection of its own. */
    public static final ServerLimits INTAKE =
            new ServerLimits(200, Duration.ofSeconds(10), Duration.ofSeconds(60), true, 16);
}
