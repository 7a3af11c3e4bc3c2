-- Lists the routes a document describes: those of the catalog, each with the shape of its answer and its own errors.
CREATE OR REPLACE FUNCTION api.openapi_routes()
RETURNS TABLE (route jsonb, dialect text, shape jsonb, errors text[])
LANGUAGE plpgsql
STABLE PARALLEL UNSAFE SECURITY INVOKER SET search_path = ''
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT to_jsonb(c), c.dialect, r.returns, r.errors
    FROM api.catalog_routes() AS c
    JOIN api.routes AS r ON r.route_id = c.route_id;
END;
$$;
COMMENT ON FUNCTION api.openapi_routes() IS 'Lists the routes a document describes.';
