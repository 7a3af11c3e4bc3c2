-- When a worker that got all there was should look again, if nothing wakes it before.
--
-- Now, if a job has become due meanwhile; shortly, while somebody is about to commit jobs without a notification of
-- their own (work.wake) or a lane is full whose end nobody may tell us; else when the next job is due.
--
-- Role:    pgserver
-- Definer: lends the server the looking at any tenant's jobs
-- Returns: a time; NULL: no job waits
CREATE OR REPLACE FUNCTION api.next_job_at(queue text)
RETURNS timestamptz LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
-- The plan is made while the table may be empty and is used when it is not.
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    v_committing_locks CONSTANT integer  := 887002;
    v_look_again_after CONSTANT interval := interval '3 ms';
    v_full_lane_after  CONSTANT interval := interval '1 s';
    v_key              CONSTANT integer  := hashtext(next_job_at.queue);
    v_now              CONSTANT timestamptz := clock_timestamp();
    v_next             timestamptz;
BEGIN
    -- Asked before the rows: who commits in between is either seen here or seen there.
    IF pg_try_advisory_lock(v_committing_locks, v_key) THEN
        PERFORM pg_advisory_unlock(v_committing_locks, v_key);
    ELSE
        v_next := v_now + v_look_again_after;
    END IF;
    RETURN LEAST(
        v_next,
        (SELECT j.run_at FROM work.jobs AS j
         WHERE j.state = 'waiting' AND j.queue = next_job_at.queue AND j.lane = ''
         ORDER BY j.run_at LIMIT 1),
        (SELECT j.run_at FROM work.jobs AS j
         WHERE j.state = 'waiting' AND j.queue = next_job_at.queue AND j.lane <> '' AND j.run_at > v_now
         ORDER BY j.run_at LIMIT 1),
        -- Not EXISTS, which lets the planner take an index that is not in this order, and walk over a tenant's others.
        (SELECT v_now + v_full_lane_after
         FROM (SELECT FROM work.jobs AS j
               WHERE j.state = 'waiting' AND j.queue = next_job_at.queue AND j.lane <> '' AND j.run_at <= v_now
               ORDER BY j.run_at LIMIT 1) AS d));
END;
$$;
COMMENT ON FUNCTION api.next_job_at(text) IS 'When a worker should look for jobs again.';
GRANT EXECUTE ON FUNCTION api.next_job_at(text) TO pgserver;
