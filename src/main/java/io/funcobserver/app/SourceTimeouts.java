package io.funcobserver.app;

import java.time.Duration;

/**
 * How long Func's MySQL and Redis are waited for, by each thread that reads.
 *
 * @param connect for a connection
 * @param mysqlAnswer for MySQL to go on answering
 * @param redisAnswer for Redis to answer
 */
public record SourceTimeouts(Duration connect, Duration mysqlAnswer, Duration redisAnswer) {
    /** A busy MySQL may need a while for the first row of a page. */
    static final SourceTimeouts STANDARD =
            new SourceTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofSeconds(10));
}
