-- Runs as: bi_owner
CREATE OR REPLACE VIEW bi.job_schedules AS
SELECT
    s.schedule_id,
    s.name AS schedule_name,
    s.expression,
    s.time_zone,
    s.kind,
    s.queue,
    s.catch_up AS is_caught_up,
    s.is_active,
    c.next_run_at,
    c.last_run_at,
    c.last_job_id,
    c.error AS last_error_message,
    s.created_at,
    s.updated_at
FROM work.schedules AS s
JOIN work.schedule_clocks AS c ON c.tenant_id = s.tenant_id AND c.schedule_id = s.schedule_id;
COMMENT ON VIEW bi.job_schedules IS
    'When jobs are enqueued by themselves: one row for each schedule. Times are in UTC.';
COMMENT ON COLUMN bi.job_schedules.schedule_id        IS 'Id of the schedule.';
COMMENT ON COLUMN bi.job_schedules.schedule_name      IS 'Its name.';
COMMENT ON COLUMN bi.job_schedules.expression         IS 'Its cron expression: minute, hour, day of month, month, day of week.';
COMMENT ON COLUMN bi.job_schedules.time_zone          IS 'By whose clocks it runs.';
COMMENT ON COLUMN bi.job_schedules.kind               IS 'What its jobs do.';
COMMENT ON COLUMN bi.job_schedules.queue              IS 'The workers its jobs wait for; NULL: those of their kind.';
COMMENT ON COLUMN bi.job_schedules.is_caught_up       IS 'Whether missed runs are all made up for; else one stands for all.';
COMMENT ON COLUMN bi.job_schedules.is_active          IS 'Whether it is switched on.';
COMMENT ON COLUMN bi.job_schedules.next_run_at        IS 'When it runs next, in UTC; NULL: not at all.';
COMMENT ON COLUMN bi.job_schedules.last_run_at        IS 'For which time it last ran, in UTC.';
COMMENT ON COLUMN bi.job_schedules.last_job_id        IS 'The job of that run.';
COMMENT ON COLUMN bi.job_schedules.last_error_message IS 'Why the last run could not be enqueued; NULL if it was.';
COMMENT ON COLUMN bi.job_schedules.created_at         IS 'When it was made, in UTC.';
COMMENT ON COLUMN bi.job_schedules.updated_at         IS 'When it last changed, in UTC.';
GRANT SELECT ON bi.job_schedules TO bi_reader;
