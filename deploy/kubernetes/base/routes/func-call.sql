-- One row per call of a user function: who was called, from where, and when.
SELECT seq, id, scriptSetId, scriptId, funcId, origin, originId, queue, status, triggerTimeMs, startTimeMs, endTimeMs
  FROM biz_main_task_record_func
 WHERE seq > :#after AND seq <= :#upTo
 ORDER BY seq
 LIMIT :#limit
