-- The state of every kill switch.
--
-- Role:    anon, member, worker
-- Definer: lends the names of the kill switches, which hold no secret
-- Returns: {name: boolean}
CREATE OR REPLACE FUNCTION core.kill_switches()
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    RETURN (
        SELECT COALESCE(json_object_agg(s.environment, core.is_enabled(s.name) ORDER BY s.environment), '{}')
        FROM core.settings AS s
        WHERE s.is_kill_switch
    );
END;
$$;
COMMENT ON FUNCTION core.kill_switches() IS 'The state of every kill switch, by its environment variable.';
GRANT EXECUTE ON FUNCTION core.kill_switches() TO anon, member, worker;
