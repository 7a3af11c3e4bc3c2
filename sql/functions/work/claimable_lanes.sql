-- The lanes of a queue from which jobs can be claimed now, beginning after a tenant and going round.
--
-- Role:    pgserver_owner, through api.claim_jobs
-- Returns: at most lane_count_max, each with how many of its jobs may be claimed; NULL if there is none
CREATE OR REPLACE FUNCTION work.claimable_lanes(queue text, after_tenant uuid, at timestamptz, lane_count_max integer)
RETURNS work.claimable_lane[] LANGUAGE plpgsql
STABLE PARALLEL UNSAFE SECURITY INVOKER SET search_path = ''
SET enable_seqscan = off SET enable_bitmapscan = off
AS $$
BEGIN
    RETURN (
        WITH RECURSIVE after_it AS (
            (SELECT j.tenant_id, j.priority, j.lane, j.run_at
             FROM work.jobs AS j
             WHERE j.state = 'waiting' AND j.queue = claimable_lanes.queue AND j.tenant_id > claimable_lanes.after_tenant
             ORDER BY j.tenant_id, j.priority, j.lane, j.run_at
             LIMIT 1)
            UNION ALL
            SELECT n.* FROM after_it AS l CROSS JOIN LATERAL (
                SELECT j.tenant_id, j.priority, j.lane, j.run_at
                FROM work.jobs AS j
                WHERE j.state = 'waiting' AND j.queue = claimable_lanes.queue
                  AND (j.tenant_id, j.priority, j.lane) > (l.tenant_id, l.priority, l.lane)
                ORDER BY j.tenant_id, j.priority, j.lane, j.run_at
                LIMIT 1) AS n
        ),
        up_to_it AS (
            (SELECT j.tenant_id, j.priority, j.lane, j.run_at
             FROM work.jobs AS j
             WHERE j.state = 'waiting' AND j.queue = claimable_lanes.queue
             ORDER BY j.tenant_id, j.priority, j.lane, j.run_at
             LIMIT 1)
            UNION ALL
            SELECT n.* FROM up_to_it AS l CROSS JOIN LATERAL (
                SELECT j.tenant_id, j.priority, j.lane, j.run_at
                FROM work.jobs AS j
                WHERE j.state = 'waiting' AND j.queue = claimable_lanes.queue
                  AND (j.tenant_id, j.priority, j.lane) > (l.tenant_id, l.priority, l.lane)
                ORDER BY j.tenant_id, j.priority, j.lane, j.run_at
                LIMIT 1) AS n
            WHERE l.tenant_id <= claimable_lanes.after_tenant
        )
        SELECT array_agg(ROW (u.tenant_id, u.priority, u.lane, u.room)::work.claimable_lane)
        FROM (
            SELECT l.tenant_id, l.priority, l.lane, r.room
            FROM (
                SELECT a.* FROM after_it AS a
                UNION ALL
                SELECT b.* FROM up_to_it AS b WHERE b.tenant_id <= claimable_lanes.after_tenant
            ) AS l
            CROSS JOIN LATERAL (SELECT CASE
                WHEN l.lane = '' THEN claimable_lanes.lane_count_max
                ELSE COALESCE(
                    (SELECT k.tenant_concurrency FROM work.job_kinds AS k WHERE k.kind = l.lane),
                    claimable_lanes.lane_count_max)
                    - (SELECT count(*)::integer FROM work.jobs AS r
                       WHERE r.state = 'running' AND r.lane <> '' AND r.tenant_id = l.tenant_id AND r.lane = l.lane)
                END AS room) AS r
            WHERE l.run_at <= claimable_lanes.at AND r.room > 0
            LIMIT claimable_lanes.lane_count_max
        ) AS u
    );
END;
$$;
COMMENT ON FUNCTION work.claimable_lanes(text, uuid, timestamptz, integer) IS
    'The lanes of a queue from which jobs can be claimed now.';
