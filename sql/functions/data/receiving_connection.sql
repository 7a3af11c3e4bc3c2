-- Requires: functions/data/require_write.sql
-- The connection that the caller means to send something to, which a sync under way does not hinder.
--
-- capability: write for files, push for records.
--
-- Role:    pgserver_owner, for functions that act for a member or the worker
-- Errors:  PT401 unauthenticated      401  nobody is signed in
--          PT403 forbidden            403  the permission connections.write is missing
--          PT404 not_found            404  the tenant has no such connection
--          PT409 connection_kind      409  a connection of this type takes no such thing
--          PT409 connection_paused    409  the connection is paused
--          PT409 disconnected         409  the connection was disconnected
CREATE OR REPLACE FUNCTION data.receiving_connection(connection_id uuid, capability text)
RETURNS data.connections LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_connection data.connections;
BEGIN
    PERFORM data.require_write();
    SELECT c.*
    INTO v_connection
    FROM data.connections AS c
    WHERE c.tenant_id = (SELECT auth.tenant_id()) AND c.connection_id = receiving_connection.connection_id;
    IF NOT FOUND THEN
        PERFORM api.fail('not_found', 'Connection not found.', 404);
    ELSIF NOT EXISTS (
        SELECT FROM data.connection_types AS t
        WHERE t.connection_type = v_connection.connection_type AND receiving_connection.capability = ANY (t.capabilities))
    THEN
        PERFORM api.fail('connection_kind', format(
            CASE receiving_connection.capability
                WHEN 'push' THEN 'A connection of type %s reads its source itself; records are pushed to other types.'
                ELSE 'A connection of type %s takes no files; one of type filesource does.'
            END, v_connection.connection_type), 409);
    ELSIF v_connection.status = 'DISCONNECTED' THEN
        PERFORM api.fail('disconnected', 'This connection was disconnected.', 409);
    ELSIF v_connection.status = 'PAUSED' THEN
        PERFORM api.fail('connection_paused', 'This connection is paused.', 409);
    END IF;
    RETURN v_connection;
END;
$$;
COMMENT ON FUNCTION data.receiving_connection(uuid, text) IS 'The connection that the caller means to send something to.';
