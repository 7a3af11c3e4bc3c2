-- Pauses a connection, or lets it go on. A paused one is neither read nor discovered by itself, keeps its mappings, and
-- takes no sync; where it stood, it goes on from there.
--
-- Role:    member, worker
-- Definer: lends the writing of connections, of the caller's tenant only
-- Returns: the status it has now. A source that has not been reached yet, or has sent nothing, is PENDING again.
-- Errors:  PT401 unauthenticated  401  nobody is signed in
--          PT403 forbidden        403  the permission connections.write is missing
--          PT404 not_found        404  the tenant has no such connection
--          PT409 connection_busy  409  a sync or a change of this connection is under way
--          PT409 disconnected     409  the connection was disconnected
CREATE OR REPLACE FUNCTION data.pause_connection(connection_id uuid, is_paused boolean DEFAULT true)
RETURNS text LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_connection CONSTANT data.connections := data.writable_connection(pause_connection.connection_id);
    v_status     text := v_connection.status;
BEGIN
    IF v_status = 'DISCONNECTED' THEN
        PERFORM api.fail('disconnected', 'This connection was disconnected.', 409);
    ELSIF pause_connection.is_paused THEN
        v_status := 'PAUSED';
    ELSIF v_status = 'PAUSED' THEN
        v_status := CASE
            WHEN v_connection.health = 'unhealthy' THEN 'FAILED'
            WHEN v_connection.health <> 'unknown' THEN 'ACTIVE'
            WHEN EXISTS (
                SELECT FROM data.source_relations AS r
                WHERE r.tenant_id = v_connection.tenant_id AND r.connection_id = v_connection.connection_id
            ) THEN 'ACTIVE'
            ELSE 'PENDING'
        END;
    END IF;
    UPDATE data.connections AS c
    SET status = v_status, updated_at = now()
    WHERE c.tenant_id = v_connection.tenant_id AND c.connection_id = v_connection.connection_id
        AND c.status <> v_status;
    RETURN v_status;
END;
$$;
COMMENT ON FUNCTION data.pause_connection(uuid, boolean) IS 'Pauses a connection, or lets it go on.';
GRANT EXECUTE ON FUNCTION data.pause_connection(uuid, boolean) TO member, worker;
