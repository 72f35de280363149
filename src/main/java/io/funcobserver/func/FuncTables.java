package io.funcobserver.func;

import java.util.List;

/** Func's tables of task records, and the lists in Redis in which a record waits for its row. */
public final class FuncTables {
    /** Calls of user functions. */
    public static final String CALLS = "biz_main_task_record_func";

    /** Func's internal tasks. */
    public static final String TASKS = "biz_main_task_record";

    private FuncTables() {}

    /** The keys of both lists. */
    public static List<String> lists(String appName) {
        return List.of(appName + "-worker#dataBuffer@taskRecordFunc", appName + "-worker#dataBuffer@taskRecord");
    }
}
