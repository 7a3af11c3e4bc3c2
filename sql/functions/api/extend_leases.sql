-- Renews a worker's claim on jobs, and tells it which of them are its own no longer.
--
-- A job whose transaction runs holds its row locked: its lease is not renewed and need not be, since
-- api.requeue_expired() passes over what is locked.
--
-- Role:    pgserver
-- Definer: lends the server the leases of any tenant's jobs
-- Returns: the jobs that were cancelled, finished or given to another worker
CREATE OR REPLACE FUNCTION api.extend_leases(worker_id uuid, job_ids bigint[], lease interval)
RETURNS SETOF bigint LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    UPDATE work.jobs AS j SET lease_until = clock_timestamp() + extend_leases.lease
    FROM (
        SELECT r.tenant_id, r.job_id FROM work.jobs AS r
        WHERE r.job_id = ANY (extend_leases.job_ids) AND r.state = 'running' AND r.worker_id = extend_leases.worker_id
        FOR UPDATE SKIP LOCKED
    ) AS o
    WHERE j.tenant_id = o.tenant_id AND j.job_id = o.job_id;
    RETURN QUERY
    SELECT i.job_id FROM unnest(extend_leases.job_ids) AS i (job_id)
    WHERE NOT EXISTS (
        SELECT FROM work.jobs AS j
        WHERE j.job_id = i.job_id AND j.state = 'running' AND j.worker_id = extend_leases.worker_id
          AND NOT EXISTS (
            SELECT FROM work.job_cancels AS c WHERE c.tenant_id = j.tenant_id AND c.job_id = j.job_id));
END;
$$;
COMMENT ON FUNCTION api.extend_leases(uuid, bigint[], interval) IS 'Renews a worker''s claim on jobs.';
GRANT EXECUTE ON FUNCTION api.extend_leases(uuid, bigint[], interval) TO pgserver;
