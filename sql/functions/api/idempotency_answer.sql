-- Requires: functions/core/idempotency_user.sql
-- What the request with this key was answered.
--
-- Role:    member
-- Definer: lends the caller the reading of an answer under a key of their own
-- Returns: what the route's function returned, as text of its type; NULL if that was NULL
-- Errors:  PT409 idempotency_answer_dropped  409  the request was carried out, but its answer was too long to be kept
--          PT503 try_again                   503  the key has expired since it was looked for
CREATE OR REPLACE FUNCTION api.idempotency_answer(route text, key text)
RETURNS text LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_answer     text;
    v_is_dropped boolean;
BEGIN
    SELECT k.answer, k.is_dropped INTO v_answer, v_is_dropped
    FROM core.idempotency_keys AS k
    WHERE k.tenant_id = auth.tenant_id() AND k.user_id = core.idempotency_user()
        AND k.route = idempotency_answer.route AND k.key = idempotency_answer.key AND k.expires_at > now();
    IF NOT FOUND THEN
        PERFORM api.fail('try_again');
    ELSIF v_is_dropped THEN
        PERFORM api.fail(
            'idempotency_answer_dropped',
            'The request with this Idempotency-Key was carried out; its answer was too long to be kept.', 409);
    END IF;
    RETURN v_answer;
END;
$$;
COMMENT ON FUNCTION api.idempotency_answer(text, text) IS 'What the request with this key was answered.';
GRANT EXECUTE ON FUNCTION api.idempotency_answer(text, text) TO member;
