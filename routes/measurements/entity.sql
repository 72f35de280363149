-- One statement that counts every table that this Func has, or NULL. Before 2024-05 three tables had other names; where
-- both are there, the new one counts. What can be switched off is counted a second time, as far as it is enabled.
SELECT GROUP_CONCAT('SELECT ', QUOTE(known.entity), ' AS entity, COUNT(*) AS `count`, ',
                    IF(switched.COLUMN_NAME IS NULL, 'NULL', 'COUNT(CASE WHEN isDisabled = 0 THEN 1 END)'),
                    ' AS enabled_count FROM `', here.TABLE_NAME, '`'
                    SEPARATOR ' UNION ALL ') AS query
  FROM (          SELECT 'scriptSet' AS entity, 'biz_main_script_set' AS name, NULL AS old_name, NULL AS switch_column
        UNION ALL SELECT 'script',      'biz_main_script',       NULL, NULL
        UNION ALL SELECT 'func',        'biz_main_func',         NULL, NULL
        UNION ALL SELECT 'connector',   'biz_main_connector',    NULL, NULL
        UNION ALL SELECT 'envVariable', 'biz_main_env_variable', NULL, NULL
        UNION ALL SELECT 'syncAPI',     'biz_main_sync_api',     'biz_main_auth_link',      'isDisabled'
        UNION ALL SELECT 'asyncAPI',    'biz_main_async_api',    'biz_main_batch',          'isDisabled'
        UNION ALL SELECT 'cronJob',     'biz_main_cron_job',     'biz_main_crontab_config', 'isDisabled'
        UNION ALL SELECT 'fileService', 'biz_main_file_service', NULL, NULL
        UNION ALL SELECT 'user',        'wat_main_user',         NULL, NULL) AS known
  LEFT JOIN information_schema.TABLES AS new_one
         ON new_one.TABLE_SCHEMA = DATABASE() AND new_one.TABLE_NAME = known.name
  JOIN information_schema.TABLES AS here
         ON here.TABLE_SCHEMA = DATABASE() AND here.TABLE_NAME = COALESCE(new_one.TABLE_NAME, known.old_name, known.name)
  LEFT JOIN information_schema.COLUMNS AS switched
         ON switched.TABLE_SCHEMA = DATABASE() AND switched.TABLE_NAME = here.TABLE_NAME
            AND switched.COLUMN_NAME = known.switch_column
