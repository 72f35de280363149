-- One row per table of the Func database, with what it takes on disk in bytes.
SELECT :#target                   AS target,
       TABLE_NAME                 AS name,
       TABLE_COMMENT              AS comment,
       DATA_LENGTH + INDEX_LENGTH AS total_length,
       DATA_LENGTH                AS data_length,
       INDEX_LENGTH               AS index_length,
       AVG_ROW_LENGTH             AS avg_row_length,
       TABLE_ROWS                 AS `rows`,
       AUTO_INCREMENT             AS auto_increment
  FROM information_schema.TABLES
 WHERE TABLE_SCHEMA = DATABASE()
   AND TABLE_TYPE = 'BASE TABLE'
