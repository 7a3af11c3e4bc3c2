-- Requires: functions/autonomos/connection_id.sql
-- Requires: functions/autonomos/require_aam.sql
-- Requires: functions/data/test_connection.sql
-- Tries a connection. A source that cannot be reached is an answer, with the reason; the connection remembers it.
--
-- Role:    member
-- Returns: 200 {connection_id, status, health, relations, error: null or {code, message}}
-- Errors:  PT403 forbidden            403  the permission connections.write is missing
--          PT404 not_found            404  the tenant has no such connection
--          PT409 connection_busy      409  a sync or a change of this connection is under way
--          PT422 address_not_allowed  422  the host is not one that this server may reach
--          PT503 unavailable          503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.test_connection(connection_id text)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    PERFORM autonomos.require_aam();
    RETURN data.test_connection(autonomos.connection_id(test_connection.connection_id));
END;
$$;
COMMENT ON FUNCTION autonomos.test_connection(text) IS 'Tries a connection.';
GRANT EXECUTE ON FUNCTION autonomos.test_connection(text) TO member;
SELECT api.route(
    'POST /api/v1/aam/connections/{connection_id}/test', 'autonomos.test_connection', permission => 'connections.write',
    rate => 'write', pool => 'slow', timeout => interval '30 s', tag => 'AAM', idempotency => false,
    errors => '{404 not_found the tenant has no such connection,409 connection_busy a sync or a change of this connection is under way,422 address_not_allowed the host is not one that this server may reach,503 unavailable AAM models not configured}',
    returns => '{
        "connection_id": "uuid", "status": "PENDING|ACTIVE|PAUSED|FAILED", "health": "unknown|healthy|unhealthy",
        "relations": "integer", "error": "object?"
    }');
