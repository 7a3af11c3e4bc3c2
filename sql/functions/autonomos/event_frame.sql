-- An event as the event stream of AutonomOS shows it: what a sync has done, stage by stage, sources that are other than
-- before, and records that were written by anybody else. What a sync writes, its stages tell already.
--
-- Drift counts what is different in one relation, and is of the entity that the relation becomes; where nothing maps it,
-- of the relation itself.
--
-- The contract names five source systems; a source called otherwise is shown as system. The general stream has its name.
--
-- Role:    member; the relays
-- Returns: {id, ts, tenant, source_system, entity, stage, meta: {record_count, processing_time_ms}}; NULL for an event
--          that is no stage of anything
CREATE OR REPLACE FUNCTION autonomos.event_frame(event core.event_log)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_milliseconds CONSTANT integer := 1000;
    v_stage        text;
BEGIN
    IF event.topic = 'data.sync' THEN
        v_stage := event.payload ->> 'stage';
    ELSIF event.topic = 'data.drift' THEN
        v_stage := 'drift';
    ELSIF NOT event.payload ? 'caused_by' THEN
        v_stage := 'materialized';
    END IF;
    IF v_stage IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN json_build_object(
        'id', format('evt_%s_%s', floor(extract(epoch FROM event.created_at) * v_milliseconds), event.position),
        'ts', autonomos.naive_time(event.created_at),
        'tenant', event.tenant_id,
        'source_system', CASE WHEN event.payload ->> 'source_system' IN ('salesforce', 'supabase', 'mongodb', 'filesource')
            THEN event.payload ->> 'source_system' ELSE 'system' END,
        'entity', initcap(COALESCE(
            event.payload ->> 'entity', event.payload ->> 'relation', split_part(event.topic, '.', 2))),
        'stage', v_stage,
        'meta', json_build_object(
            'record_count', COALESCE((event.payload ->> 'record_count')::bigint, 1),
            -- Nothing was processed on the way of a record that was written as it is.
            'processing_time_ms', COALESCE((event.payload ->> 'processing_time_ms')::bigint, 0)));
END;
$$;
COMMENT ON FUNCTION autonomos.event_frame(core.event_log) IS 'An event as the event stream of AutonomOS shows it.';
GRANT EXECUTE ON FUNCTION autonomos.event_frame(core.event_log) TO member;
