-- Requires: functions/data/writable_connection.sql
-- The mapping that the caller means to change, with its connection held against anybody else until the transaction ends.
--
-- Role:    pgserver_owner, for functions that act for a member or the worker
-- Returns: the row, not locked itself: a sync may be moving its cursor
-- Errors:  PT401 unauthenticated  401  nobody is signed in
--          PT403 forbidden        403  the permission connections.write is missing
--          PT404 not_found        404  the tenant has no such mapping
--          PT409 connection_busy  409  another change of the connection is under way
CREATE OR REPLACE FUNCTION data.writable_mapping(mapping_id uuid)
RETURNS data.mappings LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_mapping data.mappings;
BEGIN
    PERFORM data.require_write();
    SELECT m.* INTO v_mapping
    FROM data.mappings AS m
    WHERE m.tenant_id = (SELECT auth.tenant_id()) AND m.mapping_id = writable_mapping.mapping_id;
    IF v_mapping.mapping_id IS NOT NULL THEN
        PERFORM data.writable_connection(v_mapping.connection_id);
        SELECT m.* INTO v_mapping
        FROM data.mappings AS m
        WHERE m.tenant_id = v_mapping.tenant_id AND m.mapping_id = v_mapping.mapping_id;
    END IF;
    IF v_mapping.mapping_id IS NULL THEN
        PERFORM api.fail('not_found', 'Mapping not found.', 404);
    END IF;
    RETURN v_mapping;
END;
$$;
COMMENT ON FUNCTION data.writable_mapping(uuid) IS 'The mapping that the caller means to change, its connection locked.';
