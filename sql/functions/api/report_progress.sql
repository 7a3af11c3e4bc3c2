-- Writes down what a running job says of itself, in a transaction of its own.
--
-- Role:    pgserver
-- Definer: lends the server the writing of any tenant's progress
-- Returns: whether this attempt is under way
CREATE OR REPLACE FUNCTION api.report_progress(job_id bigint, attempt integer, progress json)
RETURNS boolean LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
SET enable_seqscan = off SET enable_bitmapscan = off
AS $$
#variable_conflict use_column
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    INSERT INTO work.job_progress AS p (tenant_id, job_id, progress, reported_at)
    SELECT j.tenant_id, j.job_id, report_progress.progress::jsonb, clock_timestamp()
    FROM work.jobs AS j
    WHERE j.job_id = report_progress.job_id AND j.state = 'running' AND j.attempt = report_progress.attempt
    ON CONFLICT (tenant_id, job_id) DO UPDATE SET progress = EXCLUDED.progress, reported_at = EXCLUDED.reported_at;
    RETURN FOUND;
END;
$$;
COMMENT ON FUNCTION api.report_progress(bigint, integer, json) IS 'Writes down what a running job says of itself.';
GRANT EXECUTE ON FUNCTION api.report_progress(bigint, integer, json) TO pgserver;
