package io.funcobserver.observe.status;

import java.util.List;
import java.util.Locale;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.funcobserver.observe.Completeness.Share;

/**
 * What {@code /observe/status.json} answers, described in {@code docs/status-api.md}. Times are UNIX milliseconds unless
 * their name says otherwise, rates are of the last minute, and what is not known is null.
 */
public record StatusReport(
        String version,
        String site,
        long startedAt,
        long now,
        State state,
        String role,
        List<Problem> problems,
        List<Source> sources,
        Spool spool,
        List<Target> targets,
        List<Measurement> measurements,
        Completeness completeness,
        DeadLetters deadLetters,
        Func func,
        @JsonInclude(JsonInclude.Include.NON_NULL) History history) {

    /** Of what has parts, the first of these that any part is in. */
    public enum State {
        DOWN,
        WARNING,
        /** Another replica reads. */
        STANDBY,
        UP,
        /** Nothing was read yet. */
        WAITING,
        OFF;

        @JsonValue
        String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @param level {@code down} or {@code warning} */
    public record Problem(String part, State level, long since, String reason) {}

    public record Source(
            String id,
            String label,
            String address,
            State state,
            long points,
            double pointsPerSecond,
            List<String> parts) {}

    /**
     * All spool folders together.
     *
     * @param fullInSeconds at the growth of the last five minutes; null while nothing grows
     */
    public record Spool(
            String kind,
            State state,
            long points,
            double pointsPerSecond,
            long files,
            long bytes,
            long maxBytes,
            double oldestSeconds,
            Long fullInSeconds,
            long dropped) {}

    public record Target(
            String name,
            String address,
            State state,
            long delivered,
            double deliveredPerSecond,
            List<Delivery> categories) {}

    /** One category of a target. */
    public record Delivery(
            String category,
            State state,
            long delivered,
            double deliveredPerSecond,
            long files,
            long bytes,
            long maxBytes,
            double oldestSeconds,
            Long fullInSeconds,
            Map<String, Long> answers,
            long dropped,
            long deadLetterLines,
            long deadLetterFiles,
            Retry retry) {}

    /**
     * A request that is tried again.
     *
     * @param attempts how many were made
     * @param nextTryAt null while one is under way
     * @param lastAnswer in a few words
     */
    public record Retry(long attempts, Long nextTryAt, String lastAnswer) {}

    public record Measurement(
            String id,
            String name,
            String category,
            String source,
            State state,
            long points,
            double pointsPerSecond,
            Long lagRows,
            long rowsMissed,
            long valuesDropped,
            Long lastSuccess,
            String latestLine) {}

    /** @param ratio from 0 to 1; null while no hour is full */
    public record Completeness(Double ratio, List<Share> functions) {}

    /** @param files how many there are in all; {@code newest} is a part of them */
    public record DeadLetters(long files, long lines, List<GivenUp> newest) {}

    /**
     * A dead letter.
     *
     * @param when ISO-8601
     * @param status of the answer, 0 when the lines were never sent
     * @param answer the beginning of what the target said, empty where it said nothing
     * @param command replays it
     */
    public record GivenUp(
            String name,
            String target,
            String category,
            String when,
            long lines,
            int status,
            String reason,
            String answer,
            String command) {}

    /** Null in place of this while nothing of Func has passed. */
    public record Func(
            long calls,
            Map<String, Long> callsByStatus,
            Map<String, Double> perSecond,
            Percentiles waitMillis,
            Percentiles runMillis,
            List<Queue> queues,
            long functions,
            long callsUnranked,
            List<FunctionCalls> mostCalled,
            List<FunctionCalls> slowest,
            List<FunctionCalls> mostFailing,
            @JsonInclude(JsonInclude.Include.NON_NULL) Series callHistory,
            @JsonInclude(JsonInclude.Include.NON_NULL) CostSeries costHistory) {}

    public record Percentiles(Long p50, Long p95, Long p99) {}

    public record Queue(String queue, long length, long longest) {}

    public record FunctionCalls(String function, long calls, long failing, Double meanRun, Long longestRun) {}

    /** @param end UNIX seconds of the end of the last step */
    public record Series(long end, int step, Map<String, int[]> values) {}

    /** @param end UNIX seconds of the beginning of the last step, which is under way */
    public record CostSeries(long end, int step, Map<String, Long[]> values) {}

    /** How many points in each step. */
    public record History(
            long end, int step, int[] spooled, Map<String, int[]> measurements, Map<String, int[]> targets) {}
}
