-- The lock that a request with an Idempotency-Key holds until its transaction ends. It is taken from a cryptographic
-- hash, so that nobody can choose a key that meets the lock of somebody else.
--
-- Role:    pgserver_owner
CREATE OR REPLACE FUNCTION core.idempotency_lock(tenant_id uuid, user_id uuid, route text, key text)
RETURNS bigint LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_hash CONSTANT bytea := sha256(convert_to(concat_ws(' ', tenant_id, user_id, route, key), 'UTF8'));
BEGIN
    RETURN ('x' || encode(substring(v_hash FOR 8), 'hex'))::bit(64)::bigint;
END;
$$;
COMMENT ON FUNCTION core.idempotency_lock(uuid, uuid, text, text) IS
    'The advisory lock of a request with an Idempotency-Key.';
