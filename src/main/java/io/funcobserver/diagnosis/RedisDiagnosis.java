package io.funcobserver.diagnosis;

import java.util.LinkedHashMap;
import java.util.Map;

import io.funcobserver.config.Secrets;
import io.funcobserver.config.Settings;

/** Says in one line why Redis could not be read and what to do about it; without secrets. */
public final class RedisDiagnosis {
    /** All that is ever run, and all of it reads. */
    public static final String RIGHTS = "+select +info +scan +type +llen +lrange +zcard +zrangebyscore +hgetall";
    /** What lets Redis tell of changes, instead of being asked a thousand times a second. */
    public static final String RIGHTS_OF_NOTICES = "+client|id +client|tracking +subscribe &__redis__:invalidate";

    private final Endpoint endpoint;
    private final String server;
    /** By a phrase of the error; the first that is there counts. */
    private final Map<String, String> advice;

    private final Secrets secrets;

    public RedisDiagnosis(Settings settings) {
        this.endpoint = Endpoint.redis(settings);
        this.server = "Redis at " + endpoint.address();
        this.advice = advice(settings);
        this.secrets = Secrets.of(settings);
    }

    public String of(Throwable failure) {
        String said = byPrefix(failure);
        return secrets.mask(
                said != null
                        ? said
                        : NetworkDiagnosis.of(failure, endpoint)
                                .orElseGet(
                                        () -> server + " answers: " + Failures.innermost(failure) + "; see its log"));
    }

    /** The command that gives the user every right the product needs. */
    public static String grant(Settings settings) {
        return "ACL SETUSER " + user(settings) + " ~* " + RIGHTS;
    }

    /** Redis' own name for whoever gives none. */
    public static String user(Settings settings) {
        String user = settings.text("func.redis.username");
        return user == null ? "default" : user;
    }

    /** Redis begins each error with a word that says which. */
    private String byPrefix(Throwable failure) {
        return advice.entrySet().stream()
                .filter(each -> Failures.mentions(failure, each.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    private Map<String, String> advice(Settings settings) {
        String database = settings.text("func.redis.database");
        String refused = server + " refuses "
                + (settings.text("func.redis.username") == null
                        ? "the password; correct func.redis.password"
                        : "user " + user(settings) + "; correct func.redis.username and func.redis.password");
        String noDatabase = server + " has no database " + database + "; correct func.redis.database";
        Map<String, String> known = new LinkedHashMap<>();
        known.put("NOAUTH", server + " requires a password; set func.redis.password");
        known.put("WRONGPASS", refused);
        known.put("invalid password", refused);
        known.put("without any password configured", server + " has no password; leave func.redis.password out");
        known.put("NOPERM", "user " + user(settings) + " lacks a right; run " + grant(settings));
        known.put(
                "WRONGTYPE",
                "the key is of another type than Func gives it; see what else writes to database " + database
                        + " of Redis, and delete the key if nobody needs it");
        known.put("DB index is out of range", noDatabase);
        known.put("invalid DB index", noDatabase);
        known.put(
                "DENIED",
                server + " is in protected mode and takes connections of its own machine only; set a password there");
        known.put("LOADING", server + " is still loading its data; wait for it");
        known.put("max number of clients", server + " has no connection left; raise its maxclients");
        return known;
    }
}
