-- Requires: functions/autonomos/require_aam.sql
-- Requires: functions/autonomos/upload_document.sql
-- Which parts of a file have been received.
--
-- Role:    member
-- Returns: 200 {upload_id, relation, filename, mode, size, received_bytes, parts, created_at}
-- Errors:  PT404 not_found  404  the connection receives no such file
CREATE OR REPLACE FUNCTION autonomos.get_upload(connection_id uuid, upload_id uuid)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_file data.source_files;
BEGIN
    PERFORM autonomos.require_aam();
    SELECT f.*
    INTO v_file
    FROM data.source_files AS f
    WHERE f.tenant_id = (SELECT auth.tenant_id()) AND f.connection_id = get_upload.connection_id
        AND f.file_id = get_upload.upload_id AND f.status = 'receiving';
    IF NOT FOUND THEN
        PERFORM api.fail('not_found', 'Upload not found.', 404);
    END IF;
    RETURN autonomos.upload_document(v_file);
END;
$$;
COMMENT ON FUNCTION autonomos.get_upload(uuid, uuid) IS 'Which parts of a file have been received.';
GRANT EXECUTE ON FUNCTION autonomos.get_upload(uuid, uuid) TO member;
SELECT api.route(
    'GET /api/v1/aam/connections/{connection_id}/uploads/{upload_id}', 'autonomos.get_upload', rate => 'read', tag => 'AAM',
    returns => '{
        "upload_id": "uuid", "relation": "string", "filename": "string", "mode": "string", "size": "integer?",
        "received_bytes": "integer", "parts": [{"part_no": "integer", "size_bytes": "integer", "sha256": "string"}],
        "created_at": "string"
    }',
    errors => '{404 not_found the connection receives no such file,503 unavailable AAM models not configured}');
