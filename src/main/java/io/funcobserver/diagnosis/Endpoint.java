package io.funcobserver.diagnosis;

import io.funcobserver.config.Settings;

/**
 * A server the product connects to, with the properties that say where it is.
 *
 * @param name as users call it
 * @param properties that a wrong address is mended in
 * @param tlsProperty that TLS is switched by
 */
public record Endpoint(String name, String host, int port, String properties, String tlsProperty) {
    public static Endpoint mySql(Settings settings) {
        return func("MySQL", "func.mysql", settings);
    }

    public static Endpoint redis(Settings settings) {
        return func("Redis", "func.redis", settings);
    }

    private static Endpoint func(String name, String prefix, Settings settings) {
        return new Endpoint(
                name,
                settings.text(prefix + ".host"),
                settings.number(prefix + ".port"),
                prefix + ".host and " + prefix + ".port",
                prefix + ".tls");
    }

    /** {@code host:port}. */
    public String address() {
        return (host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host) + ":" + port;
    }
}
