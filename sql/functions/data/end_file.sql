-- Requires: functions/core/remove_files.sql
-- Requires: functions/data/source_changed.sql
-- Requires: functions/data/tell_upload.sql
-- Requires: functions/work/enqueue.sql
-- Ends the loading of a file, well or, if it has an error, badly. The bytes go. Rows that replace others are the
-- relation's from now on; the others, or those of a file that could not be loaded, are removed by a job.
--
-- Role:    pgserver_owner, for data.load_file
CREATE OR REPLACE FUNCTION data.end_file(file data.source_files)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    UPDATE data.source_files AS f
    SET status = CASE WHEN file.error_code IS NULL THEN 'loaded' ELSE 'failed' END, job_id = NULL,
        format = file.format, encoding = file.encoding, delimiter = file.delimiter, line_end = file.line_end,
        columns = file.columns, generation = file.generation, line_count = file.line_count,
        loaded_bytes = file.loaded_bytes, row_count = file.row_count, bad_line_count = file.bad_line_count,
        carry_text = '', carry_bytes = '', error_code = file.error_code, error = file.error,
        started_at = file.started_at, finished_at = clock_timestamp()
    WHERE f.tenant_id = file.tenant_id AND f.file_id = file.file_id;
    PERFORM data.tell_upload(file, CASE WHEN file.error_code IS NULL THEN 'loaded' ELSE 'failed' END);
    PERFORM core.remove_files(ARRAY(
        SELECT p.content_id FROM data.source_file_parts AS p WHERE p.tenant_id = file.tenant_id AND p.file_id = file.file_id));
    IF file.error_code IS NULL THEN
        UPDATE data.source_relations AS r
        SET generation = file.generation,
            -- Rows that were added have been counted.
            last_row_no = CASE WHEN r.generation = file.generation THEN r.last_row_no ELSE file.row_count END,
            row_count   = CASE WHEN r.generation = file.generation THEN r.row_count ELSE file.row_count END,
            byte_count  = CASE WHEN r.generation = file.generation THEN r.byte_count ELSE 0 END + file.size_bytes,
            columns     = CASE WHEN r.generation = file.generation
                THEN r.columns || ARRAY(
                    SELECT c.name FROM unnest(file.columns) WITH ORDINALITY AS c (name, n)
                    WHERE c.name <> ALL (r.columns) ORDER BY c.n)
                ELSE file.columns END,
            updated_at  = now()
        WHERE r.tenant_id = file.tenant_id AND r.connection_id = file.connection_id AND r.relation = file.relation;
        PERFORM data.source_changed(file.connection_id);
    END IF;
    PERFORM work.enqueue(
        'data.forget_rows', jsonb_build_object('connection_id', file.connection_id, 'relation', file.relation),
        unique_key => file.connection_id || ' ' || file.relation);
END;
$$;
COMMENT ON FUNCTION data.end_file(data.source_files) IS 'Ends the loading of a file.';
