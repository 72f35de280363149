-- The query for the enabled cron jobs whose function exists: table and column had other names before 2024-05. Of a
-- function's settings, which are JSON of any length, only the expression is read that goes before the job's own.
SELECT CONCAT('SELECT job.id AS id, LEFT(job.`', COLUMN_NAME, '`, 2000) AS cron_expr,',
              ' CASE WHEN JSON_VALID(func.extraConfigJSON) THEN',
              ' CASE JSON_TYPE(JSON_EXTRACT(func.extraConfigJSON, ''$.fixedCronExpr'')) WHEN ''STRING'' THEN',
              ' LEFT(JSON_UNQUOTE(JSON_EXTRACT(func.extraConfigJSON, ''$.fixedCronExpr'')), 2000) END',
              ' END AS fixed_cron_expr FROM `', TABLE_NAME,
              '` AS job JOIN biz_main_func AS func ON func.id = job.funcId WHERE job.isDisabled = 0') AS query
  FROM information_schema.COLUMNS
 WHERE TABLE_SCHEMA = DATABASE()
   AND (   TABLE_NAME = 'biz_main_cron_job' AND COLUMN_NAME = 'cronExpr'
        OR TABLE_NAME = 'biz_main_crontab_config' AND COLUMN_NAME = 'crontab')
 ORDER BY COLUMN_NAME
 LIMIT 1
