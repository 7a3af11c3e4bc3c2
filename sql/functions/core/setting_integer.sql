-- The value of an integer setting.
--
-- Role:    anon, member, worker
-- Errors:  42704  no such setting is declared
CREATE OR REPLACE FUNCTION core.setting_integer(name text)
RETURNS bigint LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN core.setting(setting_integer.name)::bigint;
END;
$$;
COMMENT ON FUNCTION core.setting_integer(text) IS 'The value of an integer setting.';
GRANT EXECUTE ON FUNCTION core.setting_integer(text) TO anon, member, worker;
