-- Whether a boolean setting, such as a kill switch, is on.
--
-- Role:    anon, member, worker
-- Errors:  42704  no such setting is declared
CREATE OR REPLACE FUNCTION core.is_enabled(name text)
RETURNS boolean LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN COALESCE(core.setting(is_enabled.name)::boolean, false);
END;
$$;
COMMENT ON FUNCTION core.is_enabled(text) IS 'Whether a boolean setting is on.';
GRANT EXECUTE ON FUNCTION core.is_enabled(text) TO anon, member, worker;
