package io.funcobserver.delivery;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.funcobserver.lineprotocol.Category;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Why lines were given up: the content of a dead letter's {@code .json} file.
 *
 * @param when ISO-8601 in UTC
 * @param category {@code metric} or {@code logging}
 * @param target the URL without user and without the values of its query
 * @param status the HTTP status, 0 when the lines were never sent
 * @param answer the first 2 kB of the target's answer, without secrets
 * @param reason why, in a few words
 * @param lines how many lines
 * @param attempts how many requests were made of the batch that they were part of
 * @param history what befell the same lines before they were replayed, oldest first
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DeadLetterReport(
        String when,
        String category,
        String target,
        int status,
        String answer,
        String reason,
        long lines,
        long attempts,
        List<DeadLetterReport> history) {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterReport.class);
    private static final ObjectMapper JSON =
            new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    private static final int MOST_HISTORY = 20;

    /** How the reason of a damaged spool file begins. */
    static final String DAMAGED = "spool file damaged: ";

    public DeadLetterReport {
        when = Objects.requireNonNullElse(when, "");
        answer = Objects.requireNonNullElse(answer, "");
        reason = Objects.requireNonNullElse(reason, "unknown: its report does not say");
        history = history == null ? List.of() : List.copyOf(history);
    }

    /** In the place of one that is not there, or is none. */
    static DeadLetterReport missing(long lines) {
        return new DeadLetterReport(null, null, null, 0, null, "unknown: its report is missing", lines, 0, null);
    }

    @JsonIgnore
    boolean isMissing() {
        return when.isEmpty();
    }

    /** Of lines that no target was asked to take. */
    static DeadLetterReport unsent(Instant when, Category category, String target, String reason, long lines) {
        return new DeadLetterReport(stamp(when), category.id(), target, 0, "", reason, lines, 0, List.of());
    }

    /** A moment as reports hold it. */
    static String stamp(Instant when) {
        return when.truncatedTo(ChronoUnit.MILLIS).toString();
    }

    /** Whether the lines may have changed on disk, so that they are only replayed when they are asked for by name. */
    @JsonIgnore
    public boolean isDamaged() {
        return reason.startsWith(DAMAGED);
    }

    /** The newest of this one and those before it, each without a history of its own. */
    public List<DeadLetterReport> asHistory() {
        if (isMissing()) {
            return history;
        }
        List<DeadLetterReport> all = new ArrayList<>(history);
        all.add(new DeadLetterReport(when, category, target, status, answer, reason, lines, attempts, null));
        return all.subList(Math.max(0, all.size() - MOST_HISTORY), all.size());
    }

    /**
     * @param json null where there is none
     * @param lines that it is about, where it does not say itself
     */
    public static DeadLetterReport parse(String json, long lines) {
        try {
            DeadLetterReport read = json == null ? null : JSON.readValue(json, DeadLetterReport.class);
            return read == null || read.isMissing() ? missing(lines) : read;
        } catch (IOException e) {
            return missing(lines);
        }
    }

    /**
     * What befell replayed lines before, oldest first; none where that is not known.
     *
     * @param json as {@link #json} makes it, or null
     */
    public static List<DeadLetterReport> parseHistory(String json) {
        try {
            return json == null ? List.of() : JSON.readValue(json, new TypeReference<List<DeadLetterReport>>() {});
        } catch (IOException e) {
            LOG.warn("The history of replayed lines cannot be read: {}", e.getMessage());
            return List.of();
        }
    }

    public static String json(List<DeadLetterReport> history) {
        try {
            return JSON.writeValueAsString(history);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
