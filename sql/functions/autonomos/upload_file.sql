-- Requires: functions/autonomos/require_aam.sql
-- Requires: functions/core/append_file.sql
-- Requires: functions/data/begin_upload.sql
-- Requires: functions/data/finish_upload.sql
-- Takes a file as the rows of a relation: CSV with a header, a JSON array of objects, or NDJSON. The body is the file.
--
-- Role:    member
-- Returns: 202 {file_id, relation, size_bytes, sha256, job_id, status}
-- Errors:  as data.begin_upload
CREATE OR REPLACE FUNCTION autonomos.upload_file(
    connection_id uuid, relation text DEFAULT NULL, mode text DEFAULT 'replace', filename text DEFAULT NULL,
    content_type text DEFAULT NULL, content_disposition text DEFAULT NULL, upload jsonb DEFAULT NULL)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_file data.source_files;
BEGIN
    IF upload_file.upload IS NULL THEN
        PERFORM autonomos.require_aam();
        RETURN data.begin_upload(
            upload_file.connection_id, upload_file.relation, upload_file.mode,
            COALESCE(upload_file.filename, (regexp_match(
                upload_file.content_disposition, 'filename\s*=\s*"?([^";]+)"?', 'i'))[1]),
            upload_file.content_type)::json;
    END IF;
    v_file := data.finish_upload(upload_file.upload);
    RETURN json_build_object(
        'file_id', v_file.file_id, 'relation', v_file.relation, 'size_bytes', v_file.size_bytes,
        'sha256', encode(v_file.sha256, 'hex'), 'job_id', 'job-' || v_file.file_id, 'status', v_file.status);
END;
$$;
COMMENT ON FUNCTION autonomos.upload_file(uuid, text, text, text, text, text, jsonb) IS
    'Takes a file as the rows of a relation: CSV with a header, a JSON array of objects, or NDJSON.';
GRANT EXECUTE ON FUNCTION autonomos.upload_file(uuid, text, text, text, text, text, jsonb) TO member;
SELECT api.route(
    'POST /api/v1/aam/connections/{connection_id}/files', 'autonomos.upload_file', chunks => 'core.append_file',
    rate => 'write', pool => 'slow', timeout => interval '30 s', status => 202, max_body => 2147483647, tag => 'AAM',
    sources => '{"content_type": "header:content-type", "content_disposition": "header:content-disposition"}',
    returns => '{
        "file_id": "uuid", "relation": "string", "size_bytes": "integer", "sha256": "string", "job_id": "string",
        "status": "string"
    }',
    errors => '{404 not_found the tenant has no such connection,409 connection_kind a connection of this type takes no files,409 connection_paused the connection is paused,409 disconnected the connection was disconnected,411 length_required the body has neither Content-Length nor chunks,413 too_large the file has more than 2 GiB,503 unavailable AAM models not configured}');
