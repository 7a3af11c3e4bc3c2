-- How many streams of each dialect's classes may be open, what it inherits included: a class redeclared is replaced as
-- a whole.
--
-- Role:    pgserver
-- Definer: lends the server the reading of the catalog
CREATE OR REPLACE FUNCTION api.catalog_stream_limits()
RETURNS TABLE (dialect text, stream_class text, subject text, limit_count integer)
LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    RETURN QUERY
    SELECT d.dialect, l.stream_class, l.subject, l.limit_count
    FROM api.dialects AS d
    JOIN core.stream_limits AS l
        ON l.dialect = d.dialect
        OR (l.dialect = d.inherits AND NOT EXISTS (
            SELECT FROM core.stream_limits AS o WHERE o.dialect = d.dialect AND o.stream_class = l.stream_class))
    ORDER BY d.dialect, l.stream_class, l.subject;
END;
$$;
COMMENT ON FUNCTION api.catalog_stream_limits() IS 'How many streams of each dialect''s classes may be open.';
GRANT EXECUTE ON FUNCTION api.catalog_stream_limits() TO pgserver;
