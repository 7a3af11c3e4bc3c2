-- Requires: functions/data/clear_source.sql
-- Takes a connection's foreign server, credentials and mappings away, and what was uploaded or pushed to it: that by a
-- job, for it may be much. Its records and its history stay: they say where they came from, and the connection's row says
-- that nothing more will come.
--
-- Role:    member, worker
-- Definer: lends the dropping of a foreign server, of the caller's tenant only
-- Errors:  PT401 unauthenticated  401  nobody is signed in
--          PT403 forbidden        403  the permission connections.write is missing
--          PT404 not_found        404  the tenant has no such connection
--          PT409 connection_busy  409  a sync or a change of this connection is under way
CREATE OR REPLACE FUNCTION data.disconnect(connection_id uuid)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_connection CONSTANT data.connections := data.writable_connection(disconnect.connection_id);
BEGIN
    EXECUTE format(
        'DROP SERVER IF EXISTS %I CASCADE', data.source_object('source', v_connection.connection_id)
    );
    DELETE FROM data.mappings AS m
    WHERE m.tenant_id = v_connection.tenant_id AND m.connection_id = v_connection.connection_id;
    DELETE FROM data.connection_secrets AS s
    WHERE s.tenant_id = v_connection.tenant_id AND s.connection_id = v_connection.connection_id;
    UPDATE data.connections AS c
    SET status = 'DISCONNECTED', health = 'unknown', updated_at = now()
    WHERE c.tenant_id = v_connection.tenant_id AND c.connection_id = v_connection.connection_id;
    IF EXISTS (
        SELECT FROM data.source_relations AS r
        WHERE r.tenant_id = v_connection.tenant_id AND r.connection_id = v_connection.connection_id
    ) THEN
        PERFORM work.enqueue(
            'data.clear_source', jsonb_build_object('connection_id', v_connection.connection_id),
            unique_key => v_connection.connection_id::text);
    END IF;
END;
$$;
COMMENT ON FUNCTION data.disconnect(uuid) IS 'Takes a connection''s foreign server, credentials and mappings away.';
GRANT EXECUTE ON FUNCTION data.disconnect(uuid) TO member, worker;
