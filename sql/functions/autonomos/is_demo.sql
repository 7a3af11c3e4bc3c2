-- Whether AutonomOS is open to everybody. Never in production, whatever DCL_AUTH_ENABLED says.
--
-- Role:    anon, member
CREATE OR REPLACE FUNCTION autonomos.is_demo()
RETURNS boolean LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN NOT core.is_enabled('autonomos.auth_enabled')
        AND lower(core.setting('server.environment')) <> 'production'
        AND lower(core.setting('autopack.environment')) <> 'production';
END;
$$;
COMMENT ON FUNCTION autonomos.is_demo() IS 'Whether AutonomOS is open to everybody.';
GRANT EXECUTE ON FUNCTION autonomos.is_demo() TO anon, member;
