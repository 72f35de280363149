package io.funcobserver.check;

import java.util.List;

import io.funcobserver.config.Settings;

/** Tests one part of the configuration in a few seconds, and changes nothing. */
public interface Probe {
    /** What it tests; the same in all of its findings. */
    String subject();

    /** The beginnings of the property keys without which it cannot be done. */
    List<String> properties();

    /** Does not throw for anything that the configuration can cause. */
    List<Finding> test(Settings settings);
}
