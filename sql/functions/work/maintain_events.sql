-- Requires: functions/core/create_event_partitions.sql
-- Requires: functions/core/declare_setting.sql
-- Requires: functions/core/drop_event_partitions.sql
-- Requires: functions/core/setting_integer.sql
-- Requires: functions/work/job_kind.sql
-- Sees to the log of events: makes its partitions ahead of time and drops the days that are no longer kept.
--
-- Role:    worker
-- Returns: {created, dropped}, in days
-- Errors:  55P03  somebody has been reading the log for too long; the next attempt goes on
CREATE OR REPLACE FUNCTION work.maintain_events(arguments jsonb)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN jsonb_build_object(
        'created', core.create_event_partitions(),
        'dropped', core.drop_event_partitions(interval '1 day' * GREATEST(core.setting_integer('core.event_days'), 1)));
END;
$$;
COMMENT ON FUNCTION work.maintain_events(jsonb) IS 'Sees to the partitions of the log of events.';
GRANT EXECUTE ON FUNCTION work.maintain_events(jsonb) TO worker;
SELECT core.declare_setting('core.event_days', 'PGSERVER_EVENT_DAYS', 'integer', '7',
    'For how many days events are kept, and can be asked for by who comes back.');
SELECT work.job_kind('work.maintain_events', 'work.maintain_events', timeout => interval '10 min');
