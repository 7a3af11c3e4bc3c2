-- Requires: functions/autonomos/require_aam.sql
-- Requires: functions/data/complete_parts.sql
-- Completes a file that was sent in parts, and has it loaded.
--
-- Role:    member
-- Returns: 202 {file_id, relation, size_bytes, sha256, job_id, status}; sha256 only of a file of one part
-- Errors:  as data.complete_parts
CREATE OR REPLACE FUNCTION autonomos.complete_parts(connection_id uuid, upload_id uuid)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_file data.source_files;
BEGIN
    PERFORM autonomos.require_aam();
    v_file := data.complete_parts(complete_parts.connection_id, complete_parts.upload_id);
    RETURN json_build_object(
        'file_id', v_file.file_id, 'relation', v_file.relation, 'size_bytes', v_file.size_bytes,
        'sha256', encode(v_file.sha256, 'hex'), 'job_id', 'job-' || v_file.file_id, 'status', v_file.status);
END;
$$;
COMMENT ON FUNCTION autonomos.complete_parts(uuid, uuid) IS 'Completes a file that was sent in parts, and has it loaded.';
GRANT EXECUTE ON FUNCTION autonomos.complete_parts(uuid, uuid) TO member;
SELECT api.route(
    'POST /api/v1/aam/connections/{connection_id}/uploads/{upload_id}/complete', 'autonomos.complete_parts',
    rate => 'write', status => 202, tag => 'AAM',
    returns => '{
        "file_id": "uuid", "relation": "string", "size_bytes": "integer", "sha256": "string?", "job_id": "string",
        "status": "string"
    }',
    errors => '{404 not_found the connection receives no such file,409 connection_kind a connection of this type takes no files,409 connection_paused the connection is paused,409 disconnected the connection was disconnected,409 parts_missing not all parts have come,409 size_differs the parts have not the stated size,503 unavailable AAM models not configured}');
