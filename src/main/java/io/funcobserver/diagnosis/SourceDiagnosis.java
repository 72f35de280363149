package io.funcobserver.diagnosis;

import java.sql.SQLException;

import io.funcobserver.config.Secrets;
import io.funcobserver.config.Settings;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.data.redis.RedisSystemException;
import redis.clients.jedis.exceptions.JedisException;

/** Says in one line why a measurement could not be read, whatever it reads; without secrets. */
public final class SourceDiagnosis {
    private final MySqlDiagnosis mySql;
    private final RedisDiagnosis redis;
    private final Secrets secrets;

    public SourceDiagnosis(Settings settings) {
        this.mySql = new MySqlDiagnosis(settings);
        this.redis = new RedisDiagnosis(settings);
        this.secrets = Secrets.of(settings);
    }

    public String of(Throwable failure) {
        if (Failures.has(failure, SQLException.class)) {
            return mySql.of(failure);
        }
        if (Failures.has(failure, JedisException.class)
                || Failures.has(failure, RedisConnectionFailureException.class)
                || Failures.has(failure, RedisSystemException.class)) {
            return redis.of(failure);
        }
        return Causes.oneLine(failure, secrets::mask);
    }
}
