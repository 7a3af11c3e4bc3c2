-- The lanes of a queue in which jobs are due, from the one after a tenant and round to that tenant. A loose index scan:
-- one look into jobs_ready_idx for each lane, however many jobs are in it.
--
-- Role:    pgserver_owner, through api.claim_jobs
-- Returns: at most lane_count_max, without those of limited kinds that are full; NULL if there is none
CREATE OR REPLACE FUNCTION work.claimable_lanes(queue text, after_tenant uuid, at timestamptz, lane_count_max integer)
RETURNS work.claimable_lane[] LANGUAGE plpgsql
STABLE PARALLEL UNSAFE SECURITY INVOKER
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
        SELECT array_agg(ROW (u.tenant_id, u.priority, u.lane, u.run_at)::work.claimable_lane)
        FROM (
            SELECT l.*
            FROM (
                SELECT a.* FROM after_it AS a
                UNION ALL
                SELECT b.* FROM up_to_it AS b WHERE b.tenant_id <= claimable_lanes.after_tenant
            ) AS l
            WHERE l.run_at <= claimable_lanes.at AND (l.lane = '' OR work.room_in_lane(l.tenant_id, l.lane) > 0)
            LIMIT claimable_lanes.lane_count_max
        ) AS u
    );
END;
$$;
COMMENT ON FUNCTION work.claimable_lanes(text, uuid, timestamptz, integer) IS 'The lanes of a queue in which jobs are due.';
