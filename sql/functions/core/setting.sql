-- The value of a setting: as the server resolved it from its environment, else the operator's, else the default.
--
-- Role:    anon, member, worker
-- Definer: lends the reading of core.settings, one named value at a time
-- Returns: the value as text; NULL where it has neither value nor default
-- Errors:  42704  no such setting is declared
CREATE OR REPLACE FUNCTION core.setting(name text)
RETURNS text LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_value text := nullif(current_setting('pgserver.settings', true), '')::json ->> setting.name;
BEGIN
    IF v_value IS NULL THEN
        SELECT COALESCE(s.value, s.default_value) INTO v_value FROM core.settings AS s WHERE s.name = setting.name;
        IF NOT FOUND THEN
            RAISE EXCEPTION USING
                ERRCODE = 'undefined_object', MESSAGE = format('no setting is named %s', setting.name);
        END IF;
    END IF;
    RETURN v_value;
END;
$$;
COMMENT ON FUNCTION core.setting(text) IS 'The value of a setting.';
GRANT EXECUTE ON FUNCTION core.setting(text) TO anon, member, worker;
