package io.funcobserver.config;

import java.util.Set;

/** The keys that a fixed tag may not have. */
final class ReservedKeys {
    /** Every tag and field of the seven measurements: receivers reject or drop a key that a point has twice. */
    static final Set<String> MEASUREMENTS = Set.of(
            "auto_increment",
            "avg_row_length",
            "bizMetric",
            "call_chain",
            "comment",
            "count",
            "crontab",
            "data_length",
            "delay",
            "df_monitor_checker_id",
            "df_monitor_id",
            "edition",
            "enabled_count",
            "end_time_iso",
            "entity",
            "exception",
            "exception_type",
            "expires",
            "func_call_kwargs",
            "func_id",
            "hostname",
            "id",
            "ignore_result",
            "index_length",
            "keys",
            "kwargs",
            "length",
            "message",
            "message_page_count",
            "message_page_number",
            "name",
            "origin",
            "origin_id",
            "pid",
            "prefix",
            "queue",
            "redis_key",
            "result",
            "return_value",
            "root_task_id",
            "rows",
            "run_cost",
            "script_id",
            "script_set_id",
            "start_time_iso",
            "status",
            "target",
            "task_status",
            "timeout",
            "total_cost",
            "total_length",
            "traceback",
            "trigger_count_per_day",
            "trigger_count_per_hour",
            "trigger_count_per_minute",
            "trigger_count_per_second",
            "trigger_time_iso",
            "uptime",
            "used_memory",
            "version",
            "wait_cost",
            "workspace_uuid");

    /** DataKit drops {@code source} and {@code date} from logging points; {@code time} is InfluxDB's own column. */
    static final Set<String> RECEIVERS = Set.of("source", "date", "time");

    private ReservedKeys() {}
}
