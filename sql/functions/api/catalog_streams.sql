-- The streams: what each adds to its route.
--
-- Role:    pgserver
-- Definer: lends the server the reading of the catalog
CREATE OR REPLACE FUNCTION api.catalog_streams()
RETURNS TABLE (
    route_id integer, transport text, frame text, state text, coalesce_ms integer, heartbeat_ms integer,
    connected_event text, event_name text, heartbeat_event text, error_event text, lost_event text,
    heartbeat_template text, error_template text, lost_template text, stream_class text, token_param text,
    retry_ms integer, receive text, allowed_origins text[])
LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    RETURN QUERY
    SELECT
        s.route_id, s.transport::text,
        quote_ident(split_part(s.frame, '.', 1)) || '.' || quote_ident(split_part(s.frame, '.', 2)),
        quote_ident(split_part(s.state, '.', 1)) || '.' || quote_ident(split_part(s.state, '.', 2)),
        s.coalesce_ms, s.heartbeat_ms, s.connected_event, s.event_name, s.heartbeat_event, s.error_event, s.lost_event,
        s.heartbeat_template, s.error_template, s.lost_template, s.stream_class, s.token_param, s.retry_ms,
        s.receive::text, s.allowed_origins
    FROM api.streams AS s
    ORDER BY s.route_id;
END;
$$;
COMMENT ON FUNCTION api.catalog_streams() IS 'The streams: what each adds to its route.';
GRANT EXECUTE ON FUNCTION api.catalog_streams() TO pgserver;
