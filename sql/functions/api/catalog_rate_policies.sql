-- The rate policies of each dialect, what it inherits included: a class redeclared is replaced as a whole.
--
-- Role:    pgserver
-- Definer: lends the server the reading of the catalog
CREATE OR REPLACE FUNCTION api.catalog_rate_policies()
RETURNS TABLE (
    dialect text, rate_class text, subject text, selector_claim text, selector_value text, kind text,
    limit_count integer, window_seconds integer, burst integer)
LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    RETURN QUERY
    SELECT
        d.dialect, p.rate_class, p.subject, p.selector_claim, p.selector_value, p.kind::text, p.limit_count,
        p.window_seconds, p.burst
    FROM api.dialects AS d
    JOIN core.rate_policies AS p
        ON p.dialect = d.dialect
        OR (p.dialect = d.inherits AND NOT EXISTS (
            SELECT FROM core.rate_policies AS o WHERE o.dialect = d.dialect AND o.rate_class = p.rate_class))
    ORDER BY d.dialect, p.rate_class, p.selector_claim, p.selector_value;
END;
$$;
COMMENT ON FUNCTION api.catalog_rate_policies() IS 'The rate policies of each dialect.';
GRANT EXECUTE ON FUNCTION api.catalog_rate_policies() TO pgserver;
