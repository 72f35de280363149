package io.funcobserver.func;

import io.funcobserver.config.Settings;
import io.funcobserver.lineprotocol.Category;

/** The measurements that a function call stands in. */
public enum CallMeasurement {
    CALL("func-call", "DFF_func_call", Category.METRIC),
    RECORD("task-record-func", "DFF_task_record_func", Category.LOGGING);

    private final String id;
    private final String measurement;
    private final Category category;

    CallMeasurement(String id, String measurement, Category category) {
        this.id = id;
        this.measurement = measurement;
        this.category = category;
    }

    /** Of its route. */
    public String id() {
        return id;
    }

    public boolean isRead(Settings settings) {
        return settings.flag("measurement." + id + ".enabled");
    }

    /** Its name on the wire. */
    public String measurement() {
        return measurement;
    }

    public Category category() {
        return category;
    }
}
