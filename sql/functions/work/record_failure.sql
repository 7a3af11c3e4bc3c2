-- Requires: functions/work/return_job.sql
-- Decides what an error that a job's function raised means for the job.
--
-- Role:    worker, through api.run_job and api.finish_effect
-- Returns: retrying, failed or cancelled
CREATE OR REPLACE FUNCTION work.record_failure(job work.jobs, sqlstate_raised text, message text, detail text)
RETURNS text LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    -- The time limit of a statement begins with its Bind, and statement_timestamp() only with its Execute: what ran into
    -- the limit has run for as long since the transaction began, but perhaps not since then.
    v_ran CONSTANT interval := clock_timestamp() - now();
BEGIN
    RETURN CASE
        WHEN sqlstate_raised = 'PT00S' THEN
            work.return_job(job, 'snoozed', message, is_counted => false, retry_after => detail::interval)
        WHEN sqlstate_raised = 'PT00F' THEN
            work.return_job(job, 'gave_up', message, is_final => true)
        WHEN sqlstate_raised = '57014' AND v_ran >= interval '1 ms' * (job).timeout_ms THEN
            work.return_job(job, 'timeout', format('The job took longer than %s ms.', (job).timeout_ms))
        WHEN sqlstate_raised = '57014' THEN
            work.return_job(job, 'interrupted', 'The job was interrupted and begins again.', is_counted => false)
        -- Our own errors carry their code as the message and their sentence as the detail.
        WHEN sqlstate_raised LIKE 'PT%' THEN work.return_job(job, message, detail)
        ELSE work.return_job(job, sqlstate_raised, message, detail)
    END;
END;
$$;
COMMENT ON FUNCTION work.record_failure(work.jobs, text, text, text) IS
    'Decides what an error that a job''s function raised means for the job.';
GRANT EXECUTE ON FUNCTION work.record_failure(work.jobs, text, text, text) TO worker;
