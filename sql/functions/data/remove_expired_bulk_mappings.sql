-- Removes bulk mappings that have expired, of all tenants, the oldest first.
--
-- Role:    worker
-- Definer: lends the sweep the removal of what is nobody's any more
-- Returns: how many were removed; as many as were asked for means that there may be more
CREATE OR REPLACE FUNCTION data.remove_expired_bulk_mappings(max_count integer DEFAULT 1000)
RETURNS integer LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_count integer;
BEGIN
    DELETE FROM data.bulk_mappings AS b
    USING (
        SELECT e.tenant_id, e.bulk_mapping_id
        FROM data.bulk_mappings AS e
        WHERE e.expires_at <= now()
        ORDER BY e.expires_at
        LIMIT greatest(remove_expired_bulk_mappings.max_count, 0)
        FOR UPDATE SKIP LOCKED
    ) AS e
    WHERE b.tenant_id = e.tenant_id AND b.bulk_mapping_id = e.bulk_mapping_id AND b.expires_at <= now();
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END;
$$;
COMMENT ON FUNCTION data.remove_expired_bulk_mappings(integer) IS 'Removes bulk mappings that have expired.';
GRANT EXECUTE ON FUNCTION data.remove_expired_bulk_mappings(integer) TO worker;
