package io.funcobserver.func;

/** Func's tables of task records. */
public final class FuncTables {
    /** Calls of user functions. */
    public static final String CALLS = "biz_main_task_record_func";

    /** Func's internal tasks. */
    public static final String TASKS = "biz_main_task_record";

    private FuncTables() {}
}
