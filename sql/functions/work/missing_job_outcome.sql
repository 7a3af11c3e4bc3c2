-- What to say of an attempt that is not under way any more.
--
-- Role:    worker, through api.run_job and api.finish_effect
-- Definer: lends the removing of the request to cancel, which is fulfilled
-- Returns: cancelled if somebody asked for that, else lost
CREATE OR REPLACE FUNCTION work.missing_job_outcome(job_id bigint)
RETURNS text LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    DELETE FROM work.job_cancels AS c
    WHERE c.tenant_id = auth.tenant_id() AND c.job_id = missing_job_outcome.job_id
      AND NOT EXISTS (
        SELECT FROM work.jobs AS j WHERE j.tenant_id = c.tenant_id AND j.job_id = c.job_id);
    RETURN CASE WHEN FOUND THEN 'cancelled' ELSE 'lost' END;
END;
$$;
COMMENT ON FUNCTION work.missing_job_outcome(bigint) IS 'What to say of an attempt that is not under way any more.';
GRANT EXECUTE ON FUNCTION work.missing_job_outcome(bigint) TO worker;
