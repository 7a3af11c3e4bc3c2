-- Requires: functions/core/idempotency_user.sql
-- Keeps the answer of the request whose key is claimed, for a day. That the request was carried out is kept even if its
-- answer is too long: it must not be carried out again.
--
-- Role:    member
-- Definer: lends the caller the keeping of an answer under a key of their own
-- Errors:  PT409 idempotency_in_flight  409  the key was not claimed, and somebody else has used it
CREATE OR REPLACE FUNCTION api.idempotency_store(route text, key text, fingerprint bytea, answer text)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_lifetime       CONSTANT interval := interval '24 hours';
    v_byte_count_max CONSTANT integer  := 1048576;
    v_is_dropped     CONSTANT boolean  := COALESCE(octet_length(idempotency_store.answer) > v_byte_count_max, false);
BEGIN
    INSERT INTO core.idempotency_keys AS k (
        tenant_id, user_id, route, key, fingerprint, answer, is_dropped, expires_at)
    VALUES (
        auth.tenant_id(), core.idempotency_user(), idempotency_store.route, idempotency_store.key,
        idempotency_store.fingerprint, CASE WHEN NOT v_is_dropped THEN idempotency_store.answer END, v_is_dropped,
        now() + v_lifetime)
    ON CONFLICT ON CONSTRAINT idempotency_keys_pkey DO UPDATE
    SET fingerprint = EXCLUDED.fingerprint, answer = EXCLUDED.answer, is_dropped = EXCLUDED.is_dropped,
        answered_at = EXCLUDED.answered_at, expires_at = EXCLUDED.expires_at
    WHERE k.expires_at <= now();
    IF NOT FOUND THEN
        PERFORM api.fail('idempotency_in_flight', 'A request with this Idempotency-Key is being carried out.', 409);
    END IF;
END;
$$;
COMMENT ON FUNCTION api.idempotency_store(text, text, bytea, text) IS
    'Keeps the answer of the request whose key is claimed.';
GRANT EXECUTE ON FUNCTION api.idempotency_store(text, text, bytea, text) TO member;
