-- Requires: functions/autonomos/connection_id.sql
-- Requires: functions/autonomos/require_aam.sql
-- Requires: functions/data/disconnect.sql
-- Removes a connection with its mappings, its credentials and what was uploaded or pushed to it. The records that came from
-- it stay.
--
-- Role:    member
-- Returns: 204
-- Errors:  PT403 forbidden        403  the permission connections.write is missing
--          PT404 not_found        404  the tenant has no such connection
--          PT409 connection_busy  409  a sync or a change of this connection is under way
--          PT503 unavailable      503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.remove_connection(connection_id text)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    PERFORM autonomos.require_aam();
    PERFORM data.disconnect(autonomos.connection_id(remove_connection.connection_id));
END;
$$;
COMMENT ON FUNCTION autonomos.remove_connection(text) IS 'Removes a connection.';
GRANT EXECUTE ON FUNCTION autonomos.remove_connection(text) TO member;
SELECT api.route(
    'DELETE /api/v1/aam/connections/{connection_id}', 'autonomos.remove_connection', permission => 'connections.write',
    rate => 'write', status => 204, tag => 'AAM',
    errors => '{404 not_found the tenant has no such connection,409 connection_busy a sync or a change of this connection is under way,503 unavailable AAM models not configured}');
