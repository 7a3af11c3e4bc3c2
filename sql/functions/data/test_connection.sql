-- Tries a connection and remembers how it went, so that lists can show it. Of files and pushes there is nothing to try:
-- they are well when they have brought something.
--
-- Role:    member, worker
-- Definer: lends the reading of the source's catalog through the foreign server, of the caller's tenant only
-- Returns: {connection_id, status, health, relations, error: null or {code, message}}. A source that fails is an
--          answer here, not an error: raising would undo the record of it. A paused connection stays so.
-- Errors:  PT401 unauthenticated      401  nobody is signed in
--          PT403 forbidden            403  the permission connections.write is missing
--          PT404 not_found            404  the tenant has no such connection
--          PT409 connection_busy      409  a sync or a change of this connection is under way
--          PT409 disconnected         409  the connection was disconnected
--          PT422 address_not_allowed  422  the host is not one that this server may reach
CREATE OR REPLACE FUNCTION data.test_connection(connection_id uuid)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_connection data.connections := data.usable_connection(test_connection.connection_id);
    v_found      record;
    v_relations  bigint;
    v_status     text;
    v_health     text;
BEGIN
    IF v_connection.configuration ? 'host' THEN
        SELECT f.* INTO v_found FROM data.source_columns(v_connection) AS f;
        v_relations := (
            SELECT count(DISTINCT s.entry ->> 'relation') FROM jsonb_array_elements(v_found.source_columns) AS s (entry)
        );
        v_status := CASE WHEN v_found.failure_code IS NULL THEN 'ACTIVE' ELSE 'FAILED' END;
        v_health := CASE WHEN v_found.failure_code IS NULL THEN 'healthy' ELSE 'unhealthy' END;
    ELSE
        SELECT NULL AS failure_code, NULL AS failure INTO v_found;
        v_relations := (
            SELECT count(*)
            FROM data.source_relations AS r
            WHERE r.tenant_id = v_connection.tenant_id AND r.connection_id = v_connection.connection_id
        );
        v_status := CASE WHEN v_relations > 0 THEN 'ACTIVE' ELSE 'PENDING' END;
        v_health := CASE WHEN v_relations > 0 THEN 'healthy' ELSE 'unknown' END;
    END IF;
    UPDATE data.connections AS c
    SET status = CASE c.status WHEN 'PAUSED' THEN c.status ELSE v_status END,
        health = v_health,
        health_checked_at = clock_timestamp(),
        last_error = v_found.failure,
        updated_at = now()
    WHERE c.tenant_id = v_connection.tenant_id AND c.connection_id = v_connection.connection_id
    RETURNING c.* INTO v_connection;
    RETURN jsonb_build_object(
        'connection_id', v_connection.connection_id,
        'status', v_connection.status,
        'health', v_connection.health,
        'relations', v_relations,
        'error', CASE WHEN v_found.failure_code IS NOT NULL THEN
            jsonb_build_object('code', v_found.failure_code, 'message', v_found.failure) END
    );
END;
$$;
COMMENT ON FUNCTION data.test_connection(uuid) IS 'Tries a connection and remembers how it went.';
GRANT EXECUTE ON FUNCTION data.test_connection(uuid) TO member, worker;
