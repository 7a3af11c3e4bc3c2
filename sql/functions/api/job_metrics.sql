-- How many jobs of each queue wait for their time, are due, run or are parked, and how long the oldest of them has.
--
-- Role:    pgserver
-- Definer: lends the server the counting of every tenant's jobs
-- Returns: a row for each queue and state that has jobs; oldest_seconds: since it was due, was begun or failed last
CREATE OR REPLACE FUNCTION api.job_metrics()
RETURNS TABLE (queue text, state text, job_count bigint, oldest_seconds bigint) LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    RETURN QUERY
    SELECT f.queue, f.state, f.job_count, GREATEST(extract(epoch FROM statement_timestamp() - f.oldest_at), 0)::bigint
    FROM (
        SELECT j.queue, CASE WHEN j.run_at > statement_timestamp() THEN 'scheduled' ELSE 'waiting' END AS state,
            count(*) AS job_count, min(j.run_at) AS oldest_at
        FROM work.jobs AS j WHERE j.state = 'waiting'
        GROUP BY 1, 2
        UNION ALL
        SELECT j.queue, 'running', count(*), min(j.started_at)
        FROM work.jobs AS j WHERE j.state = 'running'
        GROUP BY j.queue
        UNION ALL
        SELECT j.queue, 'failed', count(*), min(j.started_at)
        FROM work.jobs AS j WHERE j.state = 'failed'
        GROUP BY j.queue
    ) AS f
    ORDER BY f.queue, f.state;
END;
$$;
COMMENT ON FUNCTION api.job_metrics() IS 'How many jobs of each queue are in which state, and how old the oldest is.';
GRANT EXECUTE ON FUNCTION api.job_metrics() TO pgserver;
