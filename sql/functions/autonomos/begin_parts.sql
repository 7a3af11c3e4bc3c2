-- Requires: functions/autonomos/require_aam.sql
-- Requires: functions/autonomos/upload_document.sql
-- Requires: functions/data/begin_parts.sql
-- Begins a file that is sent in parts. It becomes rows when it is completed; until then nobody sees it.
--
-- Role:    member
-- Returns: 201 {upload_id, relation, filename, mode, size, received_bytes, parts, created_at}
-- Errors:  as data.begin_parts
CREATE OR REPLACE FUNCTION autonomos.begin_parts(
    connection_id uuid, relation text DEFAULT NULL, filename text DEFAULT NULL, size bigint DEFAULT NULL,
    mode text DEFAULT 'replace', media_type text DEFAULT NULL)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_file data.source_files;
BEGIN
    PERFORM autonomos.require_aam();
    v_file := data.begin_parts(
        begin_parts.connection_id, begin_parts.relation, begin_parts.mode, begin_parts.filename, begin_parts.media_type,
        begin_parts.size);
    RETURN autonomos.upload_document(v_file);
END;
$$;
COMMENT ON FUNCTION autonomos.begin_parts(uuid, text, text, bigint, text, text) IS 'Begins a file that is sent in parts.';
GRANT EXECUTE ON FUNCTION autonomos.begin_parts(uuid, text, text, bigint, text, text) TO member;
SELECT api.route(
    'POST /api/v1/aam/connections/{connection_id}/uploads', 'autonomos.begin_parts', rate => 'write', status => 201,
    tag => 'AAM',
    returns => '{
        "upload_id": "uuid", "relation": "string", "filename": "string", "mode": "string", "size": "integer?",
        "received_bytes": "integer", "parts": [{"part_no": "integer", "size_bytes": "integer", "sha256": "string"}],
        "created_at": "string"
    }',
    errors => '{404 not_found the tenant has no such connection,409 uploads_limit the connection receives as many files as it may,409 connection_kind a connection of this type takes no files,409 connection_paused the connection is paused,409 disconnected the connection was disconnected,503 unavailable AAM models not configured}');
