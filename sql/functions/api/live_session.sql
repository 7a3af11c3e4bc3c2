-- Whether a session is alive: for what outlives a request, such as a stream.
--
-- Role:    pgserver
CREATE OR REPLACE FUNCTION api.live_session(tenant uuid, session uuid)
RETURNS boolean LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM api.live_sessions AS s
        WHERE s.tenant_id = live_session.tenant AND s.session_id = live_session.session);
END;
$$;
COMMENT ON FUNCTION api.live_session(uuid, uuid) IS 'Whether a session is alive.';
GRANT EXECUTE ON FUNCTION api.live_session(uuid, uuid) TO pgserver;
