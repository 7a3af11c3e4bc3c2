-- Requires: functions/autonomos/require_aam.sql
-- Requires: functions/core/append_file.sql
-- Requires: functions/data/begin_part.sql
-- Requires: functions/data/finish_part.sql
-- Takes a part of a file; one of the same number that came before is replaced. The body is the part.
--
-- Role:    member
-- Returns: 200 {upload_id, part_no, size_bytes, sha256}
-- Errors:  as data.begin_part
CREATE OR REPLACE FUNCTION autonomos.upload_part(
    connection_id uuid, upload_id uuid, part_no integer, upload jsonb DEFAULT NULL)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_part data.source_file_parts;
BEGIN
    IF upload_part.upload IS NULL THEN
        PERFORM autonomos.require_aam();
        RETURN data.begin_part(upload_part.connection_id, upload_part.upload_id, upload_part.part_no)::json;
    END IF;
    v_part := data.finish_part(upload_part.upload);
    RETURN json_build_object(
        'upload_id', v_part.file_id, 'part_no', v_part.part_no, 'size_bytes', v_part.size_bytes,
        'sha256', encode(v_part.sha256, 'hex'));
END;
$$;
COMMENT ON FUNCTION autonomos.upload_part(uuid, uuid, integer, jsonb) IS 'Takes a part of a file.';
GRANT EXECUTE ON FUNCTION autonomos.upload_part(uuid, uuid, integer, jsonb) TO member;
SELECT api.route(
    'PUT /api/v1/aam/connections/{connection_id}/uploads/{upload_id}/parts/{part_no}', 'autonomos.upload_part',
    chunks => 'core.append_file', rate => 'write', pool => 'slow', timeout => interval '30 s', max_body => 2147483647,
    tag => 'AAM',
    returns => '{"upload_id": "uuid", "part_no": "integer", "size_bytes": "integer", "sha256": "string"}',
    errors => '{404 not_found the connection receives no such file,409 connection_kind a connection of this type takes no files,409 connection_paused the connection is paused,409 disconnected the connection was disconnected,411 length_required the body has neither Content-Length nor chunks,413 too_large the part has more than 2 GiB,503 unavailable AAM models not configured}');
