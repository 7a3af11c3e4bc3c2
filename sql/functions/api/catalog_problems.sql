-- What each dialect says for each code, what it inherits included.
--
-- Role:    pgserver
-- Definer: lends the server the reading of the catalog
CREATE OR REPLACE FUNCTION api.catalog_problems()
RETURNS TABLE (dialect text, code text, status integer, public_code text, message text)
LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    RETURN QUERY
    SELECT DISTINCT ON (d.dialect, p.code) d.dialect, p.code, p.status, p.public_code, p.message
    FROM api.dialects AS d
    JOIN api.problems AS p ON p.dialect IN (d.dialect, d.inherits)
    ORDER BY d.dialect, p.code, p.dialect = d.dialect DESC;
END;
$$;
COMMENT ON FUNCTION api.catalog_problems() IS 'What each dialect says for each code.';
GRANT EXECUTE ON FUNCTION api.catalog_problems() TO pgserver;
