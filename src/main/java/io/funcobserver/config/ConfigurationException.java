package io.funcobserver.config;

/** Something that only another configuration can mend: the message is one line for the user, the exit code is 2. */
public class ConfigurationException extends RuntimeException {
    public ConfigurationException(String message) {
        super(message);
    }

    public ConfigurationException(String message, Throwable cause) {
        super(message, cause);
    }
}
