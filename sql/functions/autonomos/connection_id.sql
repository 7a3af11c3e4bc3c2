-- The connection that a path names, by its id or its slug. One that was removed is not there any more.
--
-- Role:    member
-- Returns: its id
-- Errors:  PT404 not_found  404  the tenant has no such connection
CREATE OR REPLACE FUNCTION autonomos.connection_id(connector_id text)
RETURNS uuid LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_connection_id uuid;
BEGIN
    SELECT c.connection_id INTO v_connection_id
    FROM data.connections AS c
    WHERE c.tenant_id = auth.tenant_id() AND c.status <> 'DISCONNECTED'
        AND CASE
            WHEN connection_id.connector_id ~* '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$'
                THEN c.connection_id = connection_id.connector_id::uuid
            ELSE c.slug = connection_id.connector_id
        END;
    IF NOT FOUND THEN
        PERFORM api.fail('not_found', 'Connection not found.', 404);
    END IF;
    RETURN v_connection_id;
END;
$$;
COMMENT ON FUNCTION autonomos.connection_id(text) IS 'The connection that a path names, by its id or its slug.';
GRANT EXECUTE ON FUNCTION autonomos.connection_id(text) TO member;
