-- Requires: functions/api/stream.sql
-- Requires: functions/autonomos/dialect.sql
-- Requires: functions/data/drift_topic.sql
-- Requires: functions/data/events.sql
-- What happens to the tenant's records, as it happens: connected, then event for each event, with an id to go on from,
-- heartbeat every 15 seconds, and error. Last-Event-ID beats since.
--
-- Role:    member
-- Returns: 200 a stream of events
-- Errors:  PT400 invalid  400  since or Last-Event-ID is no event's id
CREATE OR REPLACE FUNCTION autonomos.stream_events(since text DEFAULT NULL, last_event_id text DEFAULT NULL)
RETURNS api.subscription LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_subscription api.subscription;
BEGIN
    v_subscription := core.subscribe(
        '{data.sync,data.drift,data.account,data.contact,data.opportunity}',
        since => COALESCE(nullif(stream_events.last_event_id, ''), stream_events.since));
    v_subscription.connected := json_build_object(
        'type', 'connected', 'ts', autonomos.naive_time(clock_timestamp()), 'tenant', auth.tenant_id());
    RETURN v_subscription;
END;
$$;
COMMENT ON FUNCTION autonomos.stream_events(text, text) IS 'What happens to the tenant''s records, as it happens.';
GRANT EXECUTE ON FUNCTION autonomos.stream_events(text, text) TO member;
SELECT api.stream(
    'GET /api/v1/events/stream', 'autonomos.stream_events', transport => 'sse', frame => 'autonomos.event_frame',
    rate => 'read', class => 'stream', token_param => 'token',
    sources => '{"last_event_id": "header:Last-Event-ID"}',
    heartbeat => '15 s',
    heartbeat_template => '{"ts":${ts_naive}}',
    error_template => '{"type":"error","message":${message},"ts":${ts_naive}}',
    -- The contract has no event for it; to a client it is an error like others.
    lost_event => 'error',
    lost_template => '{"type":"error","message":${message},"ts":${ts_naive}}',
    returns => '{
        "id": "string", "ts": "string", "tenant": "uuid",
        "source_system": "salesforce|supabase|mongodb|filesource|system",
        "entity": "Account|Contact|Opportunity|Lead|User|Order|Product",
        "stage": "ingested|canonicalized|materialized|viewed|intent|journaled|drift",
        "meta": {"record_count": "integer", "processing_time_ms": "integer"}
    }',
    tag => 'Events');
