-- The connection that the caller means to use or change, held against anybody else until the transaction ends.
--
-- A row lock rather than an advisory one: a key can be guessed, and whoever may log in could then hold it.
--
-- Role:    pgserver_owner, for functions that act for a member or the worker
-- Returns: the row, locked
-- Errors:  PT401 unauthenticated  401  nobody is signed in
--          PT403 forbidden        403  the permission connections.write is missing
--          PT404 not_found        404  the tenant has no such connection
--          PT409 connection_busy  409  a sync or a change of this connection is under way
CREATE OR REPLACE FUNCTION data.writable_connection(connection_id uuid)
RETURNS data.connections LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_connection data.connections;
BEGIN
    PERFORM data.require_write();
    BEGIN
        SELECT c.*
        INTO v_connection
        FROM data.connections AS c
        WHERE c.tenant_id = (SELECT auth.tenant_id()) AND c.connection_id = writable_connection.connection_id
        FOR NO KEY UPDATE NOWAIT;
    EXCEPTION WHEN lock_not_available THEN
        PERFORM api.fail('connection_busy', 'This connection is being synchronized or changed right now.', 409);
    END;
    IF v_connection.connection_id IS NULL THEN
        PERFORM api.fail('not_found', 'Connection not found.', 404);
    END IF;
    RETURN v_connection;
END;
$$;
COMMENT ON FUNCTION data.writable_connection(uuid) IS 'The connection that the caller means to use or change, locked.';
