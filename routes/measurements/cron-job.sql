-- The query for the enabled cron jobs whose function exists: table and column had other names before 2024-05.
SELECT CONCAT('SELECT job.id AS id, job.`', COLUMN_NAME, '` AS cron_expr, func.extraConfigJSON AS extra_config FROM `',
              TABLE_NAME, '` AS job JOIN biz_main_func AS func ON func.id = job.funcId WHERE job.isDisabled = 0') AS query
  FROM information_schema.COLUMNS
 WHERE TABLE_SCHEMA = DATABASE()
   AND (   TABLE_NAME = 'biz_main_cron_job' AND COLUMN_NAME = 'cronExpr'
        OR TABLE_NAME = 'biz_main_crontab_config' AND COLUMN_NAME = 'crontab')
 ORDER BY COLUMN_NAME
 LIMIT 1
