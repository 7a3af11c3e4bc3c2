-- Tells the servers that sessions have ended, so that their streams end with them.
--
-- Role:    nobody; a trigger
CREATE OR REPLACE FUNCTION auth.tell_ended_sessions()
RETURNS trigger LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    PERFORM pg_notify('pgserver', 'sessions');
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION auth.tell_ended_sessions() IS 'Tells the servers that sessions have ended.';
CREATE OR REPLACE TRIGGER sessions_ended AFTER UPDATE OF revoked_at, expires_at ON auth.sessions
    FOR EACH ROW WHEN (NEW.revoked_at IS NOT NULL OR NEW.expires_at < OLD.expires_at)
    EXECUTE FUNCTION auth.tell_ended_sessions();
CREATE OR REPLACE TRIGGER sessions_deleted AFTER DELETE ON auth.sessions
    FOR EACH ROW EXECUTE FUNCTION auth.tell_ended_sessions();
