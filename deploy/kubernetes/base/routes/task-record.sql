-- Every column: which ones there are differs from one Func version to the next.
SELECT *
  FROM biz_main_task_record
 WHERE seq > :#after AND seq <= :#upTo
 ORDER BY seq
 LIMIT :#limit
