-- Requires: functions/api/stream.sql
-- Requires: functions/bench/note_topic.sql
-- Requires: functions/bench/show_event.sql
-- Requires: functions/core/subscribe.sql
-- The events of the calling tenant's notes, as an event stream or a WebSocket.
--
-- Role:    member
-- Returns: the stream's beginning
CREATE OR REPLACE FUNCTION bench.listen(since text DEFAULT NULL, last_event_id text DEFAULT NULL)
RETURNS api.subscription LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_subscription api.subscription;
BEGIN
    v_subscription := core.subscribe(
        '{bench.note}', NULL, NULL, COALESCE(nullif(listen.last_event_id, ''), listen.since));
    v_subscription.connected := json_build_object(
        'type', 'connected', 'epoch', v_subscription.epoch, 'position', v_subscription.position);
    RETURN v_subscription;
END;
$$;
COMMENT ON FUNCTION bench.listen(text, text) IS 'The events of the calling tenant''s notes.';
GRANT EXECUTE ON FUNCTION bench.listen(text, text) TO member;
SELECT api.stream(
    'GET /events', 'bench.listen', transport => 'any', frame => 'bench.show_event', dialect => 'server',
    sources => '{"last_event_id": "header:Last-Event-ID"}', heartbeat => '5 s');
