-- The connection that the caller means to read from: locked, connected, and leading where the settings still allow.
-- Files and pushes lead nowhere.
--
-- Role:    pgserver_owner, for functions that act for a member or the worker
-- Returns: the row, locked
-- Errors:  PT401 unauthenticated      401  nobody is signed in
--          PT403 forbidden            403  the permission connections.write is missing
--          PT404 not_found            404  the tenant has no such connection
--          PT409 connection_busy      409  a sync or a change of this connection is under way
--          PT409 disconnected         409  the connection was disconnected
--          PT422 address_not_allowed  422  the host is not one that this server may reach
CREATE OR REPLACE FUNCTION data.usable_connection(connection_id uuid)
RETURNS data.connections LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_connection CONSTANT data.connections := data.writable_connection(usable_connection.connection_id);
BEGIN
    IF v_connection.status = 'DISCONNECTED' THEN
        PERFORM api.fail('disconnected', 'This connection was disconnected.', 409);
    END IF;
    IF data.is_foreign_source(v_connection.connection_type) THEN
        PERFORM data.check_egress(
            v_connection.configuration ->> 'host', (v_connection.configuration ->> 'port')::int,
            v_connection.configuration ->> 'database');
    END IF;
    RETURN v_connection;
END;
$$;
COMMENT ON FUNCTION data.usable_connection(uuid) IS 'The connection that the caller means to read from, locked.';
