-- A refused sign-in or refresh under /api/v1/auth, as AutonomOS and AI-ETL both state it. It is a reply and not a
-- problem, because a problem would undo what the refusal has done, and because it holds one request id in two forms.
--
-- Role:    anon, member
-- Returns: 401 with WWW-Authenticate: Bearer
CREATE OR REPLACE FUNCTION autonomos.refusal(detail text)
RETURNS api.reply LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_request_id CONSTANT text := COALESCE(core.request_context('request_id'), gen_random_uuid()::text);
    v_reply      api.reply;
BEGIN
    v_reply.status := 401;
    v_reply.headers := '{"WWW-Authenticate": "Bearer"}';
    v_reply.content_type := 'application/json';
    v_reply.body := json_build_object(
        'detail', refusal.detail,
        'status_code', v_reply.status,
        'trace_id', 'trace-' || v_request_id,
        'error', json_build_object(
            'code', 'AUTHENTICATION_REQUIRED',
            'message', refusal.detail,
            'details', '[]'::json,
            'request_id', 'req_' || replace(v_request_id, '-', '')));
    RETURN v_reply;
END;
$$;
COMMENT ON FUNCTION autonomos.refusal(text) IS 'A refused sign-in or refresh under /api/v1/auth.';
GRANT EXECUTE ON FUNCTION autonomos.refusal(text) TO anon, member;
