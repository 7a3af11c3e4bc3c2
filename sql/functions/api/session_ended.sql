-- Refuses a request whose session is revoked, over or unknown. The context statement calls it when the session it
-- looked for was not there.
--
-- Role:    pgserver
-- Returns: never
-- Errors:  PT401 session_ended  401
CREATE OR REPLACE FUNCTION api.session_ended()
RETURNS boolean LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'PT401', MESSAGE = 'session_ended', DETAIL = 'The session has ended. Please sign in again.';
END;
$$;
COMMENT ON FUNCTION api.session_ended() IS 'Refuses a request whose session is not alive.';
GRANT EXECUTE ON FUNCTION api.session_ended() TO pgserver;
