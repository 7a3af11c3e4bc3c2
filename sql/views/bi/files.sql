-- Runs as: bi_owner
CREATE OR REPLACE VIEW bi.files AS
SELECT
    f.file_id,
    f.connection_id,
    f.relation,
    f.name,
    f.mode,
    f.status,
    f.format,
    f.encoding,
    f.delimiter,
    f.size_bytes,
    f.row_count                                               AS rows_loaded,
    f.bad_line_count                                          AS bad_lines,
    f.error,
    f.received_at,
    f.finished_at,
    extract(epoch FROM f.finished_at - f.started_at)::numeric AS seconds_to_load
FROM data.source_files AS f
WHERE f.status <> 'receiving';
COMMENT ON VIEW bi.files IS 'Files that were sent to connections as the rows of a relation. Times are in UTC.';
COMMENT ON COLUMN bi.files.file_id         IS 'Id of the file.';
COMMENT ON COLUMN bi.files.connection_id   IS 'Connection the file was sent to; joins bi.connections.';
COMMENT ON COLUMN bi.files.relation        IS 'Relation whose rows it became.';
COMMENT ON COLUMN bi.files.name            IS 'What the sender called it.';
COMMENT ON COLUMN bi.files.mode            IS 'replace: its rows took the place of all others; append: they came behind them.';
COMMENT ON COLUMN bi.files.status          IS 'queued, loading, loaded or failed.';
COMMENT ON COLUMN bi.files.format          IS 'csv, json or ndjson; NULL while that is not known.';
COMMENT ON COLUMN bi.files.encoding        IS 'utf-8, utf-16le, utf-16be, windows-1252 or iso-8859-1; NULL while that is not known.';
COMMENT ON COLUMN bi.files.delimiter       IS 'What separates the fields of a CSV file; NULL for other files.';
COMMENT ON COLUMN bi.files.size_bytes      IS 'Size of the file, in bytes.';
COMMENT ON COLUMN bi.files.rows_loaded     IS 'Rows that were read from it so far.';
COMMENT ON COLUMN bi.files.bad_lines       IS 'Lines that could not become rows.';
COMMENT ON COLUMN bi.files.error           IS 'Why the file could not be loaded; NULL if it could.';
COMMENT ON COLUMN bi.files.received_at     IS 'When all of it had come, in UTC.';
COMMENT ON COLUMN bi.files.finished_at     IS 'When its loading ended, in UTC; NULL before.';
COMMENT ON COLUMN bi.files.seconds_to_load IS 'Seconds from the first to the last step of its loading.';
GRANT SELECT ON bi.files TO bi_reader;
