-- Requires: functions/core/idempotency_lock.sql
-- Requires: functions/core/idempotency_user.sql
-- Claims a key for the request that brings it, until its transaction ends. Nobody waits here: a duplicate of a request
-- under way is refused at once, since it would keep a connection from others.
--
-- Role:    member
-- Definer: lends the caller the look-up of a key of their own
-- Returns: nothing; the request may be carried out
-- Errors:  PT00R idempotency_replay           it has been: the server reads the kept answer
--          PT409 idempotency_in_flight   409  a request with this key is under way
--          PT422 idempotency_key_reused  422  the key was used for another request
CREATE OR REPLACE FUNCTION api.idempotency_begin(route text, key text, fingerprint bytea)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_tenant_id   CONSTANT uuid := auth.tenant_id();
    v_user_id     CONSTANT uuid := core.idempotency_user();
    v_fingerprint bytea;
BEGIN
    IF NOT pg_try_advisory_xact_lock(
        core.idempotency_lock(v_tenant_id, v_user_id, idempotency_begin.route, idempotency_begin.key))
    THEN
        PERFORM api.fail('idempotency_in_flight', 'A request with this Idempotency-Key is being carried out.', 409);
    END IF;
    -- A statement of its own, begun with the lock in hand: it sees what the last holder has committed.
    SELECT k.fingerprint INTO v_fingerprint
    FROM core.idempotency_keys AS k
    WHERE k.tenant_id = v_tenant_id AND k.user_id = v_user_id AND k.route = idempotency_begin.route
        AND k.key = idempotency_begin.key AND k.expires_at > now();
    IF NOT FOUND THEN
        RETURN;
    ELSIF v_fingerprint <> idempotency_begin.fingerprint THEN
        PERFORM api.fail(
            'idempotency_key_reused', 'This Idempotency-Key was used for another request.', 422,
            hint => 'Use a new key for each request, and repeat a request without changing it.');
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'PT00R', MESSAGE = 'idempotency_replay';
END;
$$;
COMMENT ON FUNCTION api.idempotency_begin(text, text, bytea) IS 'Claims a key for the request that brings it.';
GRANT EXECUTE ON FUNCTION api.idempotency_begin(text, text, bytea) TO member;
