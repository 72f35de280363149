-- Each column is a field of that name, but for the tags and the time. Only the three parameters are fixed.
SELECT id, ROUND(UNIX_TIMESTAMP(at) * 1000) AS at_ms, actor, action, object, seconds, rows_changed, allowed
  FROM audit_log
 WHERE id > :#after AND id <= :#upTo
 ORDER BY id
 LIMIT :#limit
