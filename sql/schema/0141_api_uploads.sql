-- Routes whose body is taken piece by piece, while it comes.

ALTER TABLE api.routes
    ADD COLUMN chunk_function text NULL,
    ADD CONSTRAINT routes_chunk_function_check CHECK (chunk_function ~ '^[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*$');
COMMENT ON COLUMN api.routes.chunk_function IS 'Takes the pieces of the body, if that is streamed; NULL: the body is read whole.';
COMMENT ON CONSTRAINT routes_chunk_function_check ON api.routes IS 'A function is named schema.function.';

-- Both are made anew with one more parameter and one more column.
DROP FUNCTION IF EXISTS api.catalog_routes();
DROP FUNCTION IF EXISTS api.route(
    text, text, text, api.auth_kind, text, text, api.pool_kind, interval, integer, text, text, text, jsonb,
    api.field_policy, integer, text, text, jsonb, text[], text, api.route_kind, boolean);
