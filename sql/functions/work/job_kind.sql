-- Requires: functions/core/declaring_file.sql
-- Declares a kind of job. The file of the function that does it ends with this call. What the function looks like is
-- checked at the end of a migration, by work.job_kind_faults().
--
-- effect function: function(arguments jsonb) RETURNS jsonb does the job, and what it returns is the job's result.
-- effect http, mail: the server does it, and function(arguments jsonb, outcome jsonb) RETURNS void hears what came of
-- it, in the transaction that ends the job; NULL: nobody need hear.
--
-- Role:    pgserver_owner
-- Errors:  23514 job_kinds_*  a value out of its range
--          23505 job_kinds_pkey  another file declares this kind
CREATE OR REPLACE FUNCTION work.job_kind(
    kind text, function text, queue text DEFAULT 'default', effect work.effect DEFAULT 'function',
    max_attempts integer DEFAULT 10, timeout interval DEFAULT interval '1 min', tenant_concurrency integer DEFAULT NULL,
    backoff_first interval DEFAULT interval '1 s', backoff_longest interval DEFAULT interval '1 h',
    keep interval DEFAULT interval '7 days')
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_file CONSTANT text := core.declaring_file();
    v_lane CONSTANT text := CASE WHEN job_kind.tenant_concurrency IS NULL THEN '' ELSE job_kind.kind END;
BEGIN
    DELETE FROM work.job_kinds AS k WHERE k.kind = job_kind.kind AND k.declared_in IN (v_file, 'interactive');
    INSERT INTO work.job_kinds (
        kind, function_name, queue, effect, max_attempts, timeout, tenant_concurrency, backoff_first, backoff_longest,
        keep, declared_in, declared_xid)
    VALUES (
        job_kind.kind, job_kind.function, job_kind.queue, job_kind.effect, job_kind.max_attempts, job_kind.timeout,
        job_kind.tenant_concurrency, job_kind.backoff_first, job_kind.backoff_longest, job_kind.keep, v_file,
        pg_current_xact_id());
    -- A kind that is limited from now on, or no longer, takes the jobs that wait with it.
    UPDATE work.jobs AS j SET lane = v_lane
    WHERE j.kind = job_kind.kind AND j.state <> 'running' AND j.lane <> v_lane;
END;
$$;
COMMENT ON FUNCTION work.job_kind(
    text, text, text, work.effect, integer, interval, integer, interval, interval, interval) IS 'Declares a kind of job.';
