-- Requires: functions/work/return_job.sql
-- Records an attempt whose failure its own transaction could not record: it was lost with its connection, or did not
-- end in time.
--
-- Role:    pgserver
-- Definer: lends the server the returning of any tenant's jobs
-- Returns: retrying, failed, cancelled; lost: the attempt is not under way, or its transaction still is and ends it
CREATE OR REPLACE FUNCTION api.fail_job(job_id bigint, attempt integer, error_code text, message text)
RETURNS text LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
SET enable_seqscan = off SET enable_bitmapscan = off
AS $$
DECLARE
    v_job work.jobs;
BEGIN
    SELECT j.* INTO v_job FROM work.jobs AS j
    WHERE j.job_id = fail_job.job_id AND j.state = 'running' AND j.attempt = fail_job.attempt
    FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN 'lost';
    END IF;
    DELETE FROM work.jobs AS j WHERE j.tenant_id = v_job.tenant_id AND j.job_id = v_job.job_id;
    RETURN work.return_job(v_job, fail_job.error_code, fail_job.message, is_counted => fail_job.error_code <> 'interrupted');
END;
$$;
COMMENT ON FUNCTION api.fail_job(bigint, integer, text, text) IS 'Records an attempt that could not record its own failure.';
GRANT EXECUTE ON FUNCTION api.fail_job(bigint, integer, text, text) TO pgserver;
