package io.funcobserver.config;

/**
 * One thing that is wrong with the configuration.
 *
 * @param key the property
 * @param text what is wrong with it and what to do; never holds the value of a secret
 */
public record Problem(String key, String text) {
    /** The whole as one line for the user. */
    @Override
    public String toString() {
        return key + ": " + text;
    }
}
