-- Runs as: administrator
--
-- Which active connections of all tenants were last looked at before a time, longest ago first.
--
-- Role:    pgserver_owner, through data.discover_all()
-- Definer: data_refresher, whose policy sees the connections of all tenants; nothing but ids is shown
SET LOCAL ROLE data_refresher;

CREATE FUNCTION data_summary.connections_to_discover(before timestamptz, count_max int)
RETURNS TABLE (tenant_id uuid, connection_id uuid) LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = ''
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT c.tenant_id, c.connection_id
    FROM data.connections AS c
    WHERE c.status = 'ACTIVE' AND (c.last_discovery_at IS NULL OR c.last_discovery_at < connections_to_discover.before)
    ORDER BY c.last_discovery_at NULLS FIRST, c.tenant_id, c.connection_id
    LIMIT connections_to_discover.count_max;
END;
$$;
COMMENT ON FUNCTION data_summary.connections_to_discover(timestamptz, int) IS
    'Which active connections of all tenants were last looked at before a time.';
REVOKE ALL ON FUNCTION data_summary.connections_to_discover(timestamptz, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION data_summary.connections_to_discover(timestamptz, int) TO pgserver_owner;

RESET ROLE;
