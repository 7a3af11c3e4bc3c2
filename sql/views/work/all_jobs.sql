-- Jobs wherever they are: those that wait, run or are parked, and the finished ones that are still kept. A member sees
-- its tenant's, an operator all.
CREATE OR REPLACE VIEW work.all_jobs WITH (security_invoker = true) AS
SELECT
    j.tenant_id, j.job_id, j.kind, j.queue, j.state, j.priority, j.run_at, j.enqueued_at, j.started_at,
    NULL::timestamptz AS finished_at, j.attempt, j.failures, j.max_attempts, j.unique_key, j.requested_by,
    j.request_id, j.arguments, NULL::jsonb AS result, j.errors, p.progress, j.worker_id, j.lease_until
FROM work.jobs AS j
LEFT JOIN work.job_progress AS p ON p.tenant_id = j.tenant_id AND p.job_id = j.job_id
UNION ALL
SELECT
    f.tenant_id, f.job_id, f.kind, f.queue, f.state, f.priority, f.run_at, f.enqueued_at, f.started_at,
    f.finished_at, f.attempt, f.failures, f.max_attempts, f.unique_key, f.requested_by,
    f.request_id, f.arguments, f.result, f.errors, p.progress, NULL, NULL
FROM work.finished_jobs AS f
LEFT JOIN work.job_progress AS p ON p.tenant_id = f.tenant_id AND p.job_id = f.job_id;
COMMENT ON VIEW work.all_jobs IS 'Jobs wherever they are, as far as the reader may see them.';
GRANT SELECT ON work.all_jobs TO member, worker;
