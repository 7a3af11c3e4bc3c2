-- Lists the routes a document describes: those of the catalog, each with the shape of its answer and its own errors.
-- A route that is a stream has a member stream. The shape is then that of one message.
CREATE OR REPLACE FUNCTION api.openapi_routes()
RETURNS TABLE (route jsonb, dialect text, shape jsonb, errors text[])
LANGUAGE plpgsql
STABLE PARALLEL UNSAFE SECURITY INVOKER
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT
        to_jsonb(c) || jsonb_strip_nulls(jsonb_build_object('stream', CASE WHEN s.route_id IS NOT NULL THEN
            jsonb_build_object(
                'transports', CASE s.transport
                    WHEN 'sse' THEN '["sse"]' WHEN 'websocket' THEN '["websocket"]' ELSE '["sse", "websocket"]' END::jsonb,
                'token_param', s.token_param, 'stream_class', s.stream_class,
                'events', CASE WHEN s.transport <> 'websocket' THEN jsonb_build_array(
                    s.connected_event, s.event_name, s.heartbeat_event, s.error_event, s.lost_event) END,
                'sends', CASE WHEN s.state IS NULL THEN 'events' ELSE 'states' END,
                'heartbeat_seconds', trim_scale(s.heartbeat_ms / 1000.0))
            END)),
        c.dialect, r.returns, r.errors
    FROM api.catalog_routes() AS c
    JOIN api.routes AS r ON r.route_id = c.route_id
    LEFT JOIN api.streams AS s ON s.route_id = c.route_id;
END;
$$;
COMMENT ON FUNCTION api.openapi_routes() IS 'Lists the routes a document describes.';
