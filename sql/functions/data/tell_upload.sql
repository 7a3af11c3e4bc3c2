-- Requires: functions/core/publish.sql
-- Requires: functions/data/upload_topic.sql
-- Tells what has become of a file.
--
-- Role:    pgserver_owner, for functions that act for a member or the worker
CREATE OR REPLACE FUNCTION data.tell_upload(file data.source_files, what text)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    PERFORM core.publish(
        'data.upload', 'data.upload.' || tell_upload.what,
        jsonb_build_object(
            'connection_id', file.connection_id, 'relation', file.relation, 'name', file.name, 'mode', file.mode,
            'size_bytes', file.size_bytes, 'row_count', file.row_count, 'bad_line_count', file.bad_line_count,
            'error_code', file.error_code),
        'file', file.file_id::text, file.tenant_id);
END;
$$;
COMMENT ON FUNCTION data.tell_upload(data.source_files, text) IS 'Tells what has become of a file.';
