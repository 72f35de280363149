package io.funcobserver.diagnosis;

import io.funcobserver.config.Secrets;
import io.funcobserver.config.Settings;

/** Says in one line why Redis could not be read and what to do about it; without secrets. */
public final class RedisDiagnosis {
    /** All that is ever run, and all of it reads. */
    public static final String RIGHTS = "+select +info +scan +type +llen +lrange +zcard +zrangebyscore +hgetall";

    private final Settings settings;
    private final Endpoint endpoint;
    private final Secrets secrets;

    public RedisDiagnosis(Settings settings) {
        this.settings = settings;
        this.endpoint = Endpoint.redis(settings);
        this.secrets = Secrets.of(settings);
    }

    public String of(Throwable failure) {
        String known = byPrefix(failure);
        if (known != null) {
            return secrets.mask(known);
        }
        return secrets.mask(NetworkDiagnosis.of(failure, endpoint)
                .orElseGet(() -> "Redis at " + endpoint.address() + " answers: " + Failures.innermost(failure)
                        + "; see its log"));
    }

    /** The command that gives the user every right the product needs. */
    public static String grant(Settings settings) {
        String user = settings.text("func.redis.username");
        return "ACL SETUSER " + (user == null ? "default" : user) + " ~* " + RIGHTS;
    }

    /** Redis begins each error with a word that says which. */
    private String byPrefix(Throwable failure) {
        String user = settings.text("func.redis.username");
        if (Failures.mentions(failure, "NOAUTH")) {
            return "Redis at " + endpoint.address() + " requires a password; set func.redis.password";
        }
        if (Failures.mentions(failure, "WRONGPASS") || Failures.mentions(failure, "invalid password")) {
            return "Redis at " + endpoint.address() + " refuses "
                    + (user == null
                            ? "the password; correct func.redis.password"
                            : "user " + user + "; correct func.redis.username and func.redis.password");
        }
        if (Failures.mentions(failure, "without any password configured")) {
            return "Redis at " + endpoint.address() + " has no password; leave func.redis.password out";
        }
        if (Failures.mentions(failure, "NOPERM")) {
            return "user " + (user == null ? "default" : user) + " lacks a right; run " + grant(settings);
        }
        if (Failures.mentions(failure, "WRONGTYPE")) {
            return "the key is of another type than Func gives it; see what else writes to database "
                    + settings.text("func.redis.database") + " of Redis, and delete the key if nobody needs it";
        }
        if (Failures.mentions(failure, "DB index is out of range") || Failures.mentions(failure, "invalid DB index")) {
            return "Redis at " + endpoint.address() + " has no database " + settings.text("func.redis.database")
                    + "; correct func.redis.database";
        }
        if (Failures.mentions(failure, "DENIED")) {
            return "Redis at " + endpoint.address()
                    + " is in protected mode and takes connections of its own machine only; set a password there";
        }
        if (Failures.mentions(failure, "LOADING")) {
            return "Redis at " + endpoint.address() + " is still loading its data; wait for it";
        }
        if (Failures.mentions(failure, "max number of clients")) {
            return "Redis at " + endpoint.address() + " has no connection left; raise its maxclients";
        }
        return null;
    }
}
