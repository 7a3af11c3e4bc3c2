-- Removes keys that have expired, of all tenants, the oldest first.
--
-- Role:    worker
-- Definer: lends the sweep the removal of what is nobody's any more
-- Returns: how many were removed; as many as were asked for means that there may be more
CREATE OR REPLACE FUNCTION core.remove_expired_idempotency_keys(max_count integer DEFAULT 10000)
RETURNS integer LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_count integer;
BEGIN
    DELETE FROM core.idempotency_keys AS k
    USING (
        SELECT e.tenant_id, e.user_id, e.route, e.key
        FROM core.idempotency_keys AS e
        WHERE e.expires_at <= now()
        ORDER BY e.expires_at
        LIMIT greatest(remove_expired_idempotency_keys.max_count, 0)
        FOR UPDATE SKIP LOCKED
    ) AS e
    WHERE k.tenant_id = e.tenant_id AND k.user_id = e.user_id AND k.route = e.route AND k.key = e.key
        AND k.expires_at <= now();
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END;
$$;
COMMENT ON FUNCTION core.remove_expired_idempotency_keys(integer) IS 'Removes keys that have expired.';
GRANT EXECUTE ON FUNCTION core.remove_expired_idempotency_keys(integer) TO worker;
