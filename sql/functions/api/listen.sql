-- Requires: functions/api/server_dialect.sql
-- Requires: functions/api/stream.sql
-- Requires: functions/core/declare_rate_policy.sql
-- Requires: functions/core/declare_stream_limit.sql
-- The tenant's events, to any client: over an event stream, or over a WebSocket if that is asked for. Lists are written
-- a,b,c. Without topics, all that the caller may hear; without since, what happens from now on; since=earliest, all
-- that is kept. Last-Event-ID beats since.
--
-- Role:    member
-- Returns: 200 a stream of events; 101 a WebSocket of the same
-- Errors:  PT400 invalid    400  a topic is not known, since is no event's id, or a list is too long
--          PT403 forbidden  403  the caller may hear none of the topics
CREATE OR REPLACE FUNCTION api.listen(
    topics text[] DEFAULT NULL, types text[] DEFAULT NULL, subjects text[] DEFAULT NULL, since text DEFAULT NULL,
    last_event_id text DEFAULT NULL)
RETURNS api.subscription LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_named_count_max CONSTANT integer := 10;
    v_subscription    api.subscription;
BEGIN
    PERFORM api.invalid(VARIADIC ARRAY(
        SELECT ('topics', 'unknown_topic', format('There is no topic "%s".', left(a.topic, 100)))::api.fault
        FROM unnest(listen.topics) WITH ORDINALITY AS a (topic, position)
        WHERE NOT EXISTS (SELECT FROM core.topics AS t WHERE t.topic = a.topic)
        ORDER BY a.position
        LIMIT v_named_count_max));
    v_subscription := core.subscribe(
        listen.topics, listen.types, listen.subjects, COALESCE(nullif(listen.last_event_id, ''), listen.since));
    v_subscription.connected := json_build_object(
        'type', 'connected', 'id', core.event_id(v_subscription.position),
        'head', core.event_id(v_subscription.head), 'topics', v_subscription.topics,
        'at', core.rfc3339(clock_timestamp()));
    RETURN v_subscription;
END;
$$;
COMMENT ON FUNCTION api.listen(text[], text[], text[], text, text) IS 'The tenant''s events, to any client.';
GRANT EXECUTE ON FUNCTION api.listen(text[], text[], text[], text, text) TO member;
SELECT core.declare_stream_limit('server', 'stream', 'user_id', 50);
SELECT core.declare_stream_limit('server', 'stream', 'tenant_id', 1000);
-- A user's streams may all come back at once.
SELECT core.declare_rate_policy('server', 'stream', 'user_id', 'bucket', 120, 60, 240);
SELECT api.stream(
    'GET /api/v1/stream', 'api.listen', transport => 'any', frame => 'api.event_document', dialect => 'server',
    rate => 'stream', class => 'stream', token_param => 'token',
    sources => '{"last_event_id": "header:Last-Event-ID"}',
    heartbeat_template => '{"type":"heartbeat","id":${id},"at":${ts}}',
    error_template => '{"type":"error","code":${code},"message":${message},"at":${ts}}',
    lost_template => '{"type":"lost","code":${code},"message":${message},"id":${id},"at":${ts}}',
    returns => '{
        "type": "string", "id": "string", "topic": "string", "event": "string", "subject_kind": "string?",
        "subject_id": "string?", "at": "date-time", "data": "object"
    }',
    tag => 'Events');
