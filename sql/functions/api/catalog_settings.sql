-- The settings, with the values that hold where the environment has none.
--
-- Role:    pgserver
-- Definer: lends the server the reading of core.settings
CREATE OR REPLACE FUNCTION api.catalog_settings()
RETURNS TABLE (name text, environment text, type text, value text, description text)
LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    RETURN QUERY
    SELECT s.name, s.environment, s.type::text, COALESCE(s.value, s.default_value), s.description
    FROM core.settings AS s
    ORDER BY s.name;
END;
$$;
COMMENT ON FUNCTION api.catalog_settings() IS 'The settings, with the values that hold where the environment has none.';
GRANT EXECUTE ON FUNCTION api.catalog_settings() TO pgserver;
