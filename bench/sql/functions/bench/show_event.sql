-- Requires: functions/core/publish.sql
-- An event as the listeners of the workload see it.
--
-- Role:    member
-- Returns: {position, type, n}
CREATE OR REPLACE FUNCTION bench.show_event(event core.event_log)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN json_build_object('position', event.position, 'type', event.type, 'n', event.payload -> 'n');
END;
$$;
COMMENT ON FUNCTION bench.show_event(core.event_log) IS 'An event as the listeners of the workload see it.';
GRANT EXECUTE ON FUNCTION bench.show_event(core.event_log) TO member, worker;
