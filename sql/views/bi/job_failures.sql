-- Runs as: bi_owner
CREATE OR REPLACE VIEW bi.job_failures AS
SELECT
    a.kind,
    e.failure ->> 'code' AS error_code,
    count(*) AS failed_attempt_count,
    count(DISTINCT a.job_id) AS job_count,
    count(DISTINCT a.job_id) FILTER (WHERE a.state = 'failed') AS parked_job_count,
    max((e.failure ->> 'at')::timestamptz) AS last_failed_at,
    (array_agg(e.failure ->> 'message' ORDER BY (e.failure ->> 'at')::timestamptz DESC))[1] AS last_message
FROM (
    SELECT j.job_id, j.kind, j.state, j.errors FROM work.jobs AS j WHERE j.errors IS NOT NULL
    UNION ALL
    SELECT f.job_id, f.kind, f.state, f.errors FROM work.finished_jobs AS f WHERE f.errors IS NOT NULL
) AS a
CROSS JOIN LATERAL jsonb_array_elements(a.errors) AS e (failure)
GROUP BY a.kind, error_code;
COMMENT ON VIEW bi.job_failures IS
    'What attempts at jobs failed of, by kind, among jobs that wait, run, are parked or are still kept. Times are in UTC.';
COMMENT ON COLUMN bi.job_failures.kind                 IS 'What was to be done.';
COMMENT ON COLUMN bi.job_failures.error_code           IS 'An SQLSTATE, or a word such as timeout or worker_lost.';
COMMENT ON COLUMN bi.job_failures.failed_attempt_count IS 'How many attempts failed so; of each job the last twenty are known.';
COMMENT ON COLUMN bi.job_failures.job_count            IS 'Of how many jobs.';
COMMENT ON COLUMN bi.job_failures.parked_job_count     IS 'How many of them are parked.';
COMMENT ON COLUMN bi.job_failures.last_failed_at       IS 'When one last failed so, in UTC.';
COMMENT ON COLUMN bi.job_failures.last_message         IS 'The sentence that came with it.';
GRANT SELECT ON bi.job_failures TO bi_reader;
