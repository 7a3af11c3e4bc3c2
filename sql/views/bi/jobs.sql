-- Runs as: bi_owner
CREATE OR REPLACE VIEW bi.jobs AS
SELECT
    a.job_id,
    a.kind,
    a.queue,
    a.state,
    a.priority,
    a.run_at,
    a.enqueued_at,
    a.started_at,
    a.finished_at,
    extract(epoch FROM a.started_at - a.enqueued_at) AS wait_seconds,
    extract(epoch FROM a.finished_at - a.started_at) AS run_seconds,
    a.attempt AS attempt_count,
    a.failures AS failure_count,
    a.max_attempts AS attempt_count_max,
    a.errors -> -1 ->> 'code' AS last_error_code,
    a.errors -> -1 ->> 'message' AS last_error_message,
    (a.progress ->> 'fraction')::numeric AS progress_fraction,
    a.progress ->> 'message' AS progress_message,
    a.requested_by AS requested_by_user_id
FROM (
    SELECT j.tenant_id, j.job_id, j.kind, j.queue, j.state, j.priority, j.run_at, j.enqueued_at, j.started_at,
        NULL::timestamptz AS finished_at, j.attempt, j.failures, j.max_attempts, j.errors, j.requested_by, p.progress
    FROM work.jobs AS j
    LEFT JOIN work.job_progress AS p ON p.tenant_id = j.tenant_id AND p.job_id = j.job_id
    UNION ALL
    SELECT f.tenant_id, f.job_id, f.kind, f.queue, f.state, f.priority, f.run_at, f.enqueued_at, f.started_at,
        f.finished_at, f.attempt, f.failures, f.max_attempts, f.errors, f.requested_by, p.progress
    FROM work.finished_jobs AS f
    LEFT JOIN work.job_progress AS p ON p.tenant_id = f.tenant_id AND p.job_id = f.job_id
) AS a;
COMMENT ON VIEW bi.jobs IS
    'One row for each job that waits, runs or is parked, and for each finished one for as long as its kind is kept. Times are in UTC.';
COMMENT ON COLUMN bi.jobs.job_id               IS 'Id of the job.';
COMMENT ON COLUMN bi.jobs.kind                 IS 'What is to be done, such as work.webhook_delivery.';
COMMENT ON COLUMN bi.jobs.queue                IS 'The workers it waits for.';
COMMENT ON COLUMN bi.jobs.state                IS 'waiting, running, failed (parked after its last attempt), completed or cancelled.';
COMMENT ON COLUMN bi.jobs.priority             IS 'Lower numbers come first.';
COMMENT ON COLUMN bi.jobs.run_at               IS 'When it is due next, or was, in UTC.';
COMMENT ON COLUMN bi.jobs.enqueued_at          IS 'When it was written, in UTC.';
COMMENT ON COLUMN bi.jobs.started_at           IS 'When its last attempt began, in UTC; NULL before the first.';
COMMENT ON COLUMN bi.jobs.finished_at          IS 'When it was done or cancelled, in UTC.';
COMMENT ON COLUMN bi.jobs.wait_seconds         IS 'From written to the beginning of the last attempt, in seconds.';
COMMENT ON COLUMN bi.jobs.run_seconds          IS 'From the beginning of the last attempt to the end, in seconds.';
COMMENT ON COLUMN bi.jobs.attempt_count        IS 'How often it was begun.';
COMMENT ON COLUMN bi.jobs.failure_count        IS 'How many attempts failed and count.';
COMMENT ON COLUMN bi.jobs.attempt_count_max    IS 'After so many failures it is parked.';
COMMENT ON COLUMN bi.jobs.last_error_code      IS 'What the last failure was: an SQLSTATE, or a word such as timeout.';
COMMENT ON COLUMN bi.jobs.last_error_message   IS 'The sentence that came with it.';
COMMENT ON COLUMN bi.jobs.progress_fraction    IS 'How far it last said it was, from 0 to 1.';
COMMENT ON COLUMN bi.jobs.progress_message     IS 'What it said to that.';
COMMENT ON COLUMN bi.jobs.requested_by_user_id IS 'Who asked for it; NULL: the system.';
GRANT SELECT ON bi.jobs TO bi_reader;
