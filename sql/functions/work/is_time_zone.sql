-- Whether a name is a time zone's, such as Europe/Berlin.
--
-- PostgreSQL would also take names that anybody makes up, if they say their offset (Atlantis3): these are none.
--
-- Role:    pgserver_owner
CREATE OR REPLACE FUNCTION work.is_time_zone(name text)
RETURNS boolean LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN is_time_zone.name ~ '^([A-Za-z_]+(/[A-Za-z_-]+)*|Etc/GMT[+-][0-9]{1,2})$'
        AND (now() AT TIME ZONE is_time_zone.name) IS NOT NULL;
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN false;
END;
$$;
COMMENT ON FUNCTION work.is_time_zone(text) IS 'Whether a name is a time zone''s.';
