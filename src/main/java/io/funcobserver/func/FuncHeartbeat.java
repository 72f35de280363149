package io.funcobserver.func;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Whether a Func is there in Redis under its APP_NAME, by the hash {@code <APP>-monitor#heartbeat@serviceInfo}, which
 * newer ones (from 2024 on) keep; of an older one, by the names of its keys.
 *
 * @param version as a heartbeat has it; empty where there is none
 * @param otherName the APP_NAME that keys of another Func have; empty unless the state is {@link State#OTHER_NAME}
 */
public record FuncHeartbeat(State state, String version, String otherName) {
    private static final int MOST_KEYS = 20_000;
    private static final Pattern KEY =
            Pattern.compile("([\\w.-]{1,100}?)-(?:monitor|worker|server|global|cache)#.*", Pattern.DOTALL);

    /** What was found. */
    public enum State {
        BEATS,
        /** There is a heartbeat, and it has stopped. */
        STALE,
        /** There are keys of the APP_NAME, and no heartbeat, as with older versions. */
        OLDER,
        /** There are keys of another APP_NAME. */
        OTHER_NAME,
        NONE
    }

    /** Reads the hash, and only where it is not there looks at the first {@value #MOST_KEYS} keys. */
    public static FuncHeartbeat read(StringRedisTemplate redis, Keys keys, String appName) {
        Map<String, String> heartbeats =
                redis.<String, String>opsForHash().entries(appName + "-monitor#heartbeat@serviceInfo");
        if (heartbeats.isEmpty()) {
            return byKeys(keys, appName);
        }
        List<Map<String, Object>> alive = new Services().rows(heartbeats);
        String version = alive.stream()
                .map(service -> Objects.toString(service.get("version"), ""))
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElse("");
        return new FuncHeartbeat(alive.isEmpty() ? State.STALE : State.BEATS, version, "");
    }

    private static FuncHeartbeat byKeys(Keys keys, String appName) {
        int[] seen = {0};
        String[] other = {""};
        boolean[] known = {false};
        keys.forEach(key -> {
            Matcher matcher = KEY.matcher(key);
            if (matcher.matches()) {
                known[0] = matcher.group(1).equals(appName);
                other[0] = matcher.group(1);
            }
            return !known[0] && ++seen[0] < MOST_KEYS;
        });
        if (known[0]) {
            return new FuncHeartbeat(State.OLDER, "", "");
        }
        return new FuncHeartbeat(other[0].isEmpty() ? State.NONE : State.OTHER_NAME, "", other[0]);
    }
}
