-- Requires: functions/api/constant_default.sql
-- Requires: functions/api/domain_bounds.sql
-- Requires: functions/api/type_kind.sql
-- The parameters of the routes' functions: where each comes from, what it may be, what it is when it is missing.
--
-- A parameter is read from the path if the path names it; else from the query (GET, DELETE, and where the body is
-- streamed, whose upload is the server's) or the body; a parameter
-- called body that takes a whole document takes the whole body. The route's sources say otherwise:
-- 'query', 'body', 'header', 'path' (each with ':name' where the client's name differs), 'whole_body', 'server:state',
-- 'server:upload'.
-- A parameter may be null exactly if its default is NULL.
--
-- Role:    pgserver
-- Definer: lends the server the reading of the catalog
CREATE OR REPLACE FUNCTION api.catalog_parameters()
RETURNS TABLE (
    route_id integer, "position" integer, name text, sql_type text, kind text, element_kind text, source text,
    source_name text, is_required boolean, is_nullable boolean, default_text text, has_default boolean,
    default_is_constant boolean, minimum text, maximum text, min_length integer, max_length integer, pattern text,
    enum_values text[], description text)
LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    RETURN QUERY
    SELECT
        r.route_id, a.n::integer, a.name, format_type(a.type, NULL),
        api.type_kind(b.base_type),
        (SELECT api.type_kind(i.base_type) FROM api.domain_bounds(t.typelem) AS i WHERE t.oid IS NOT NULL),
        s.source[1],
        CASE s.source[1] WHEN 'header' THEN lower(s.source[2]) ELSE COALESCE(s.source[2], a.name) END,
        NOT o.has_default,
        o.has_default AND d.is_constant AND d.value IS NULL,
        d.value, o.has_default, COALESCE(d.is_constant, false),
        b.minimum, b.maximum, b.min_length, b.max_length, b.pattern, b.enum_values,
        pg_catalog.obj_description(a.type, 'pg_type')
    FROM api.routes AS r
    JOIN pg_catalog.pg_proc AS p ON p.oid = to_regproc(r.function_name)
    CROSS JOIN LATERAL unnest(p.proargtypes::oid[], p.proargnames[1:p.pronargs]) WITH ORDINALITY AS a (type, name, n)
    CROSS JOIN LATERAL (SELECT a.n > p.pronargs - p.pronargdefaults) AS o (has_default)
    CROSS JOIN LATERAL api.domain_bounds(a.type) AS b
    LEFT JOIN pg_catalog.pg_type AS t ON t.oid = b.base_type AND t.typcategory = 'A'
    LEFT JOIN LATERAL api.constant_default(pg_catalog.pg_get_function_arg_default(p.oid, a.n::integer)) AS d
        ON o.has_default
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN r.sources ? a.name THEN regexp_match(r.sources ->> a.name, '^([a-z_]+)(?::(.+))?$')
            WHEN r.path ~ ('\{' || a.name || '(\.\.\.)?\}') THEN ARRAY['path', NULL]
            WHEN r.chunk_function IS NOT NULL AND a.name = 'upload' THEN ARRAY['server', 'upload']
            WHEN r.method IN ('GET', 'DELETE') OR r.chunk_function IS NOT NULL THEN ARRAY['query', NULL]
            WHEN a.name = 'body' AND api.type_kind(b.base_type) IN ('json', 'text', 'bytea') THEN ARRAY['whole_body', NULL]
            ELSE ARRAY['body', NULL]
        END
    ) AS s (source)
    ORDER BY r.route_id, a.n;
END;
$$;
COMMENT ON FUNCTION api.catalog_parameters() IS 'The parameters of the routes'' functions.';
GRANT EXECUTE ON FUNCTION api.catalog_parameters() TO pgserver;
