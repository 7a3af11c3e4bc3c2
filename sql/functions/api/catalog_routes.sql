-- The routes, with all that follows from the functions they name. A function that does not exist, or that exists
-- more than once, leaves returns NULL; api.catalog_faults() says so. A route with a row in api.streams is of kind stream.
--
-- Role:    pgserver
-- Definer: lends the server the reading of the catalog
CREATE OR REPLACE FUNCTION api.catalog_routes()
RETURNS TABLE (
    route_id integer, method text, path text, kind text, call_name text, dialect text, auth text, permission text,
    rate_class text, pool text, timeout_ms integer, is_read_only boolean, is_retryable boolean,
    success_status integer, returns text, content_type text, page_template text, items_key text,
    success_template text, unknown_fields text, max_body_bytes integer, unavailable_template text, tag text,
    summary text, heeds_keys boolean, chunk_call text)
LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    RETURN QUERY
    SELECT
        r.route_id, r.method, r.path, CASE WHEN s.route_id IS NULL THEN r.kind::text ELSE 'stream' END,
        COALESCE(f.call_name, ''),
        COALESCE(
            r.dialect,
            (SELECT d.dialect FROM api.dialects AS d WHERE d.dialect = f.schema_name),
            'server'),
        r.auth::text, r.permission, r.rate_class, r.pool::text, r.timeout_ms,
        r.kind = 'metrics' OR COALESCE(p.provolatile <> 'v', false),
        r.kind = 'metrics' OR COALESCE(p.provolatile <> 'v', false),
        r.success_status,
        k.returns,
        COALESCE(r.content_type, CASE
            WHEN s.route_id IS NOT NULL THEN 'text/event-stream'
            WHEN r.kind = 'metrics'    THEN 'text/plain; version=0.0.4; charset=utf-8'
            WHEN k.returns = 'text'    THEN 'text/plain; charset=utf-8'
            WHEN k.returns = 'bytes'   THEN 'application/octet-stream'
            ELSE 'application/json'
        END),
        r.page_template, r.items_key, r.success_template, r.unknown_fields::text, r.max_body_bytes,
        r.unavailable_template,
        COALESCE(r.tag, f.schema_name),
        CASE r.kind WHEN 'metrics' THEN 'The server''s own metrics, for Prometheus.'
                    ELSE pg_catalog.obj_description(p.oid, 'pg_proc') END,
        -- Nobody's key counts, so nobody must be signed in; and what only reads may be done again.
        r.idempotency AND r.method = 'POST' AND r.auth <> 'none' AND COALESCE(p.provolatile = 'v', false)
            AND r.chunk_function IS NULL,
        quote_ident(split_part(r.chunk_function, '.', 1)) || '.' || quote_ident(split_part(r.chunk_function, '.', 2))
    FROM api.routes AS r
    LEFT JOIN api.streams AS s ON s.route_id = r.route_id
    CROSS JOIN LATERAL (
        SELECT
            split_part(r.function_name, '.', 1),
            quote_ident(split_part(r.function_name, '.', 1)) || '.' || quote_ident(split_part(r.function_name, '.', 2))
    ) AS f (schema_name, call_name)
    LEFT JOIN pg_catalog.pg_proc AS p ON p.oid = to_regproc(f.call_name)
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN r.kind = 'metrics' THEN 'text'
            WHEN s.route_id IS NOT NULL THEN
                CASE format_type(p.prorettype, NULL) WHEN 'api.subscription' THEN 'subscription' END
            ELSE CASE format_type(p.prorettype, NULL)
                WHEN 'json' THEN 'json' WHEN 'jsonb' THEN 'jsonb'
                WHEN 'api.reply' THEN 'reply' WHEN 'api.page' THEN 'page'
                WHEN 'text' THEN 'text' WHEN 'bytea' THEN 'bytes' WHEN 'void' THEN 'void'
            END
        END
    ) AS k (returns)
    ORDER BY r.route_id;
END;
$$;
COMMENT ON FUNCTION api.catalog_routes() IS 'The routes, with all that follows from the functions they name.';
GRANT EXECUTE ON FUNCTION api.catalog_routes() TO pgserver;
