-- A file as AutonomOS shows it. One whose job has been given up is shown as failed.
--
-- Role:    member
-- Returns: {file_id, connection_id, relation, name, media_type, mode, size_bytes, sha256, status, progress, format,
--          encoding, delimiter, columns, rows, bad_lines, error: {code, message}, created_at, finished_at}
CREATE OR REPLACE FUNCTION autonomos.file_document(file data.source_files)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_given_up CONSTANT jsonb := CASE WHEN file.status IN ('queued', 'loading') THEN (
        SELECT COALESCE(j.errors -> -1, '{}')
        FROM work.jobs AS j
        WHERE j.tenant_id = file.tenant_id AND j.job_id = file.job_id AND j.state = 'failed') END;
BEGIN
    RETURN json_build_object(
        'file_id', file.file_id,
        'connection_id', file.connection_id,
        'relation', file.relation,
        'name', file.name,
        'media_type', file.media_type,
        'mode', file.mode,
        'size_bytes', file.size_bytes,
        'sha256', encode(file.sha256, 'hex'),
        'status', CASE WHEN v_given_up IS NULL THEN file.status ELSE 'failed' END,
        'progress', CASE WHEN file.size_bytes > 0 THEN round(file.loaded_bytes::numeric / file.size_bytes, 3) ELSE 0 END,
        'format', file.format,
        'encoding', file.encoding,
        'delimiter', file.delimiter,
        'columns', to_json(file.columns),
        'rows', file.row_count,
        'bad_lines', file.bad_line_count,
        'error', CASE
            WHEN v_given_up IS NOT NULL THEN
                json_build_object('code', 'given_up', 'message', 'The file could not be loaded. Send it again.')
            WHEN file.error_code IS NOT NULL THEN
                json_build_object('code', file.error_code, 'message', file.error)
        END,
        'created_at', core.rfc3339(file.created_at),
        'finished_at', core.rfc3339(file.finished_at));
END;
$$;
COMMENT ON FUNCTION autonomos.file_document(data.source_files) IS 'A file as AutonomOS shows it.';
GRANT EXECUTE ON FUNCTION autonomos.file_document(data.source_files) TO member;
