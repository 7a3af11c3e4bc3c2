-- The events that have their position, of all tenants, as api.sequence_events() returned them.
--
-- Role:    pgserver
-- Definer: lends the relays the reading of the positions
-- Returns: those behind after_serial, in serial order; at most max_count
CREATE OR REPLACE FUNCTION api.read_events(after_serial bigint, max_count integer)
RETURNS TABLE (
    serial bigint, tenant_id uuid, "position" bigint, topic text, type text, subject_id text, created_us bigint)
LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = ''
AS $$
#variable_conflict use_column
DECLARE
    v_max_count_most CONSTANT integer := 100000;
BEGIN
    RETURN QUERY
    SELECT
        p.serial, p.tenant_id, p.position, p.topic, p.type, p.subject_id,
        (extract(epoch FROM p.created_at) * 1000000)::bigint
    FROM core.event_positions AS p
    WHERE p.serial > read_events.after_serial
    ORDER BY p.serial
    LIMIT least(read_events.max_count, v_max_count_most);
END;
$$;
COMMENT ON FUNCTION api.read_events(bigint, integer) IS 'The events that have their position, of all tenants.';
GRANT EXECUTE ON FUNCTION api.read_events(bigint, integer) TO pgserver;
