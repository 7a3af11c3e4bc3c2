-- Makes sure that the caller's tenant has a connection.
--
-- Role:    member
-- Errors:  PT404 not_found  404  the tenant has no such connection
CREATE OR REPLACE FUNCTION autonomos.require_connection(connection_id uuid)
RETURNS void LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM data.connections AS c
        WHERE c.tenant_id = (SELECT auth.tenant_id()) AND c.connection_id = require_connection.connection_id)
    THEN
        PERFORM api.fail('not_found', 'Connection not found.', 404);
    END IF;
END;
$$;
COMMENT ON FUNCTION autonomos.require_connection(uuid) IS 'Makes sure that the caller''s tenant has a connection.';
GRANT EXECUTE ON FUNCTION autonomos.require_connection(uuid) TO member;
