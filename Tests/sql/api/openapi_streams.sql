-- A stream is described as what it is: an answer that does not end, a WebSocket, or either.
RESET ROLE;
CREATE TEMPORARY TABLE described AS SELECT api.build_openapi()::jsonb -> 'paths' AS paths;

SELECT test.equals('an event stream', o #> '{responses,200,content}', '{"text/event-stream": {"schema": {
        "type": "string", "description": "An event stream that does not end; x-stream describes its events."}}}'),
    test.equals('no WebSocket', o #> '{responses}' ?| array['101', '426'], false),
    test.equals('its answers', o #> '{responses}' ?& array['400', '401', '429', '503', 'default'], true),
    test.equals('what is known of it', (o -> 'x-stream') - 'message', '{
        "transports": ["sse"], "sends": "events", "heartbeatSeconds": 15,
        "events": ["connected", "event", "heartbeat", "error", "error"]}'),
    test.equals('a message', o #> '{x-stream,message,properties,meta,required}', '["processing_time_ms", "record_count"]'),
    test.equals('its parameters', jsonb_path_query_array(o -> 'parameters', '$[*].name'), '["since", "token", "Last-Event-Id"]')
FROM (SELECT d.paths #> '{/api/v1/events/stream,get}' AS o FROM described AS d) AS d;

SELECT test.equals('a WebSocket', o #> '{responses}' ?| array['200'], false),
    test.equals('what it answers', o #> '{responses}' ?& array['101', '400', '401', '403', '426', '429', 'default'], true),
    test.equals('what is known of it', (o -> 'x-stream') - 'message', '{
        "transports": ["websocket"], "sends": "states", "heartbeatSeconds": 15}')
FROM (SELECT d.paths #> '{/dcl,get}' AS o FROM described AS d) AS d;

SELECT test.equals('both', o #> '{responses}' ?& array['101', '200', '426'], true),
    test.equals('their transports', o #> '{x-stream,transports}', '["sse", "websocket"]')
FROM (SELECT d.paths #> '{/api/v1/stream,get}' AS o FROM described AS d) AS d;

SELECT test.equals('what is no stream says nothing of one', count(*), 0)
FROM described AS d CROSS JOIN jsonb_each(d.paths) AS p (path, item) CROSS JOIN jsonb_each(p.item) AS m (method, operation)
WHERE m.operation ? 'x-stream' <> EXISTS (
    SELECT FROM api.streams AS s JOIN api.routes AS r USING (route_id) WHERE r.path = p.path);
