package io.funcobserver.intake;

import java.util.List;
import java.util.Map;

import io.funcobserver.config.Settings;
import io.funcobserver.lineprotocol.FixedTag;
import io.funcobserver.spool.BatchLimits;

/**
 * How uploads are received.
 *
 * @param token what a sender has to show; null or empty where it need not
 * @param maxBody the most bytes of one body, unpacked
 * @param memory the most bytes that all uploads under way may take
 * @param tags given to each point that has no such key
 * @param batch how much goes into one request to the target
 */
public record IntakeSettings(String token, long maxBody, long memory, List<FixedTag> tags, BatchLimits batch) {
    private static final int SHARE_OF_HEAP = 4;
    private static final long LEAST_MEMORY = 8L << 20;

    public static IntakeSettings of(Settings settings) {
        return of(
                settings.text("intake.token"),
                settings.size("intake.max-body"),
                settings.tags(),
                BatchLimits.of(settings));
    }

    /** With a quarter of the heap for uploads under way. */
    static IntakeSettings of(String token, long maxBody, Map<String, String> tags, BatchLimits batch) {
        long memory = Math.max(LEAST_MEMORY, Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP);
        return new IntakeSettings(
                token,
                maxBody,
                memory,
                tags.entrySet().stream()
                        .map(tag -> FixedTag.of(tag.getKey(), tag.getValue()))
                        .toList(),
                batch);
    }
}
