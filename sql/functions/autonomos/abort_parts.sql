-- Requires: functions/autonomos/require_aam.sql
-- Requires: functions/data/abort_parts.sql
-- Forgets a file that was being sent in parts.
--
-- Role:    member
-- Returns: 204
-- Errors:  as data.abort_parts
CREATE OR REPLACE FUNCTION autonomos.abort_parts(connection_id uuid, upload_id uuid)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    PERFORM autonomos.require_aam();
    PERFORM data.abort_parts(abort_parts.connection_id, abort_parts.upload_id);
END;
$$;
COMMENT ON FUNCTION autonomos.abort_parts(uuid, uuid) IS 'Forgets a file that was being sent in parts.';
GRANT EXECUTE ON FUNCTION autonomos.abort_parts(uuid, uuid) TO member;
SELECT api.route(
    'DELETE /api/v1/aam/connections/{connection_id}/uploads/{upload_id}', 'autonomos.abort_parts',
    rate => 'write', status => 204, tag => 'AAM',
    errors => '{404 not_found the connection receives no such file,409 connection_kind a connection of this type takes no files,409 connection_paused the connection is paused,409 disconnected the connection was disconnected,503 unavailable AAM models not configured}');
