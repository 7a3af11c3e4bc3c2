-- Streams over topics of their own.
CREATE SCHEMA feed AUTHORIZATION pgserver_owner;
GRANT USAGE ON SCHEMA feed TO anon, member, worker;
SET LOCAL ROLE pgserver_owner;

SELECT core.declare_topic('feed.notes', 'What the tests tell.');
SELECT core.declare_topic('feed.secrets', 'What nobody may hear.', permission => 'superuser');
SELECT core.declare_stream_limit('server', 'limited', 'user_id', 2);
SELECT core.declare_stream_limit('server', 'limited', 'tenant_id', 3);

CREATE FUNCTION feed.frame(event core.event_log)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    IF event.type = 'feed.notes.broken' THEN
        RAISE EXCEPTION 'this event cannot be shown';
    END IF;
    IF event.type = 'feed.notes.hidden' THEN
        RETURN NULL;
    END IF;
    RETURN json_build_object(
        'position', event.position, 'type', event.type, 'n', event.payload -> 'n', 'text', event.payload ->> 'text',
        'tenant', event.tenant_id);
END;
$$;
COMMENT ON FUNCTION feed.frame(core.event_log) IS 'An event as the tests see it.';

CREATE FUNCTION feed.listen(
    topics text[] DEFAULT NULL, types text[] DEFAULT NULL, subjects text[] DEFAULT NULL, since text DEFAULT NULL,
    last_event_id text DEFAULT NULL)
RETURNS api.subscription LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_subscription api.subscription;
BEGIN
    v_subscription := core.subscribe(
        listen.topics, listen.types, listen.subjects, COALESCE(nullif(listen.last_event_id, ''), listen.since));
    v_subscription.connected := json_build_object(
        'type', 'connected', 'position', v_subscription.position, 'head', v_subscription.head);
    RETURN v_subscription;
END;
$$;
COMMENT ON FUNCTION feed.listen(text[], text[], text[], text, text) IS 'Where a listener begins.';

CREATE FUNCTION feed.count_notes()
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN json_build_object(
        'tenant', auth.tenant_id(), 'even',
        (SELECT count(*) / 2 * 2 FROM core.event_log AS l WHERE l.tenant_id = auth.tenant_id()));
END;
$$;
COMMENT ON FUNCTION feed.count_notes() IS 'A state that changes with every second event.';

CREATE FUNCTION feed.open_echo()
RETURNS api.subscription LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN ROW ('{}'::text[], NULL, NULL, 1, 0, 0, false, NULL)::api.subscription;
END;
$$;
COMMENT ON FUNCTION feed.open_echo() IS 'A stream without events.';

GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA feed TO anon, member, worker;

SELECT api.stream(
    'GET /feed/events', 'feed.listen', transport => 'sse', frame => 'feed.frame', dialect => 'server',
    token_param => 'token', sources => '{"last_event_id": "header:Last-Event-ID"}', heartbeat => '300 ms',
    heartbeat_template => '{"ts":${ts},"naive":${ts_naive},"tenant":${tenant}}');
SELECT api.stream(
    'GET /feed/quiet', 'feed.listen', transport => 'sse', frame => 'feed.frame', dialect => 'server',
    sources => '{"last_event_id": "header:Last-Event-ID"}', heartbeat => '300 ms');
SELECT api.stream(
    'GET /feed/plain', 'feed.listen', transport => 'any', frame => 'feed.frame', dialect => 'server',
    token_param => 'token', sources => '{"last_event_id": "header:Last-Event-ID"}', heartbeat => '10 min');
SELECT api.stream(
    'GET /feed/socket', 'feed.listen', transport => 'websocket', frame => 'feed.frame', dialect => 'server',
    token_param => 'token', sources => '{"last_event_id": "header:Last-Event-ID"}', heartbeat => '10 min');
SELECT api.stream(
    'GET /feed/limited', 'feed.listen', transport => 'any', frame => 'feed.frame', dialect => 'server',
    sources => '{"last_event_id": "header:Last-Event-ID"}', heartbeat => '10 min', class => 'limited');
SELECT api.stream(
    'GET /feed/state', 'feed.listen', transport => 'any', state => 'feed.count_notes', dialect => 'server',
    sources => '{"last_event_id": "header:Last-Event-ID"}', heartbeat => '10 min', coalesce_after => '20 ms');
SELECT api.stream(
    'GET /feed/echo', 'feed.open_echo', transport => 'websocket', frame => 'feed.frame', dialect => 'server',
    auth => 'none', heartbeat => '10 min', receive => 'echo');
SELECT api.stream(
    'GET /feed/ours', 'feed.open_echo', transport => 'websocket', frame => 'feed.frame', dialect => 'server',
    auth => 'none', heartbeat => '10 min', allowed_origins => '{https://ours.example.test}');
RESET ROLE;
