-- Requires: functions/autonomos/file_document.sql
-- Requires: functions/autonomos/require_aam.sql
-- One file that was sent to a connection: how it was read, and how far it is loaded.
--
-- Role:    member
-- Returns: 200 the file, as the list shows it
-- Errors:  PT404 not_found  404  the connection has no such file
CREATE OR REPLACE FUNCTION autonomos.get_file(connection_id uuid, file_id uuid)
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
    WHERE f.tenant_id = (SELECT auth.tenant_id()) AND f.connection_id = get_file.connection_id
        AND f.file_id = get_file.file_id AND f.status <> 'receiving';
    IF NOT FOUND THEN
        PERFORM api.fail('not_found', 'File not found.', 404);
    END IF;
    RETURN autonomos.file_document(v_file);
END;
$$;
COMMENT ON FUNCTION autonomos.get_file(uuid, uuid) IS 'One file that was sent to a connection.';
GRANT EXECUTE ON FUNCTION autonomos.get_file(uuid, uuid) TO member;
SELECT api.route(
    'GET /api/v1/aam/connections/{connection_id}/files/{file_id}', 'autonomos.get_file', rate => 'read', tag => 'AAM',
    returns => '{
        "file_id": "uuid", "connection_id": "uuid", "relation": "string", "name": "string", "media_type": "string",
        "mode": "string", "size_bytes": "integer", "sha256": "string?", "status": "string", "progress": "number",
        "format": "string?", "encoding": "string?", "delimiter": "string?", "columns": "array?", "rows": "integer",
        "bad_lines": "integer", "error": "object?", "created_at": "string", "finished_at": "string?"
    }',
    errors => '{404 not_found the connection has no such file,503 unavailable AAM models not configured}');
