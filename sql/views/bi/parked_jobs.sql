-- Runs as: bi_owner
CREATE OR REPLACE VIEW bi.parked_jobs AS
SELECT
    j.job_id,
    j.kind,
    j.queue,
    j.enqueued_at,
    j.started_at AS last_attempt_at,
    j.attempt AS attempt_count,
    j.failures AS failure_count,
    j.errors -> -1 ->> 'code' AS last_error_code,
    j.errors -> -1 ->> 'message' AS last_error_message,
    j.errors -> -1 ->> 'detail' AS last_error_detail,
    j.errors AS recent_errors,
    j.requested_by AS requested_by_user_id
FROM work.jobs AS j
WHERE j.state = 'failed';
COMMENT ON VIEW bi.parked_jobs IS
    'Jobs that were given up after their last attempt and wait for a person, one row each, without what they were to work on. Times are in UTC.';
COMMENT ON COLUMN bi.parked_jobs.job_id               IS 'Id of the job, by which it is requeued or cancelled.';
COMMENT ON COLUMN bi.parked_jobs.kind                 IS 'What was to be done.';
COMMENT ON COLUMN bi.parked_jobs.queue                IS 'The workers it belongs to.';
COMMENT ON COLUMN bi.parked_jobs.enqueued_at          IS 'When it was written, in UTC.';
COMMENT ON COLUMN bi.parked_jobs.last_attempt_at      IS 'When its last attempt began, in UTC.';
COMMENT ON COLUMN bi.parked_jobs.attempt_count        IS 'How often it was begun.';
COMMENT ON COLUMN bi.parked_jobs.failure_count        IS 'How many attempts failed and count.';
COMMENT ON COLUMN bi.parked_jobs.last_error_code      IS 'What the last failure was: an SQLSTATE, or a word such as timeout.';
COMMENT ON COLUMN bi.parked_jobs.last_error_message   IS 'The sentence that came with it.';
COMMENT ON COLUMN bi.parked_jobs.last_error_detail    IS 'More about it; NULL if there is none.';
COMMENT ON COLUMN bi.parked_jobs.recent_errors        IS 'The last twenty failures: a JSON array of attempt, at, code, message and detail.';
COMMENT ON COLUMN bi.parked_jobs.requested_by_user_id IS 'Who asked for it; NULL: the system.';
GRANT SELECT ON bi.parked_jobs TO bi_reader;
