-- Requires: functions/work/claimable_lanes.sql
-- The lanes to claim from. Where looking for them is cheap, they are looked for each time and nothing is remembered.
--
-- It becomes dear while an old snapshot, of a backup for example, keeps the rows of claimed jobs from being removed: each
-- look then walks over all of them, which is told by the index's own count and not by a clock, since on a busy machine
-- everything is slow. So what was found is remembered with when the first job of each lane was due, the looking is
-- repeated after a pause that grows with what it walks over, and in between only jobs that became due since are added.
-- What that misses, jobs of transactions that committed long after they enqueued, is found by the next full look.
--
-- Role:    pgserver_owner, through api.claim_jobs, which holds the queue's lock
-- Returns: the lanes, and whether they are remembered
CREATE OR REPLACE FUNCTION work.hinted_lanes(
    queue text, after_tenant uuid, at timestamptz, lane_count_max integer,
    OUT lanes work.claimable_lane[], OUT is_hinted boolean)
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
#variable_conflict use_column
DECLARE
    v_index          CONSTANT oid      := 'work.jobs_ready_idx'::regclass;
    v_cheap          CONSTANT bigint   := 5000;
    -- Some twenty times as long as the walking takes.
    v_pause_each     CONSTANT interval := interval '20 us';
    v_hint_count_max CONSTANT integer  := 256;
    v_added_max      CONSTANT integer  := 1000;
    -- How late after its due time a job may become visible and still be added.
    v_grace          CONSTANT interval := interval '200 ms';
    v_hint           work.claim_hints;
    v_walked         bigint            := pg_stat_get_xact_tuples_returned(v_index);
BEGIN
    SELECT * INTO v_hint FROM work.claim_hints AS h WHERE h.queue = hinted_lanes.queue;
    is_hinted := FOUND;
    IF is_hinted AND hinted_lanes.at < v_hint.enumerated_at + v_hint.walked * v_pause_each THEN
        lanes := (
            SELECT array_agg(ROW (l.tenant_id, l.priority, l.lane, l.first_due_at)::work.claimable_lane
                ORDER BY l.tenant_id <= hinted_lanes.after_tenant, l.tenant_id, l.priority, l.lane)
            FROM (
                SELECT k.tenant_id, k.priority, k.lane, min(k.first_due_at) AS first_due_at
                FROM (
                    SELECT r.* FROM unnest(v_hint.lanes) AS r
                    UNION ALL
                    SELECT * FROM (
                        SELECT j.tenant_id, j.priority, j.lane, j.run_at FROM work.jobs AS j
                        WHERE j.state = 'waiting' AND j.queue = hinted_lanes.queue AND j.lane = ''
                          AND j.run_at > v_hint.looked_at - v_grace AND j.run_at <= hinted_lanes.at
                        ORDER BY j.run_at LIMIT v_added_max) AS d
                    UNION ALL
                    SELECT * FROM (
                        SELECT j.tenant_id, j.priority, j.lane, j.run_at FROM work.jobs AS j
                        WHERE j.state = 'waiting' AND j.queue = hinted_lanes.queue AND j.lane <> ''
                          AND j.run_at > v_hint.looked_at - v_grace AND j.run_at <= hinted_lanes.at
                        ORDER BY j.run_at LIMIT v_added_max) AS d
                ) AS k
                GROUP BY k.tenant_id, k.priority, k.lane
                LIMIT v_hint_count_max
            ) AS l
        );
        RETURN;
    END IF;
    lanes := work.claimable_lanes(
        hinted_lanes.queue, hinted_lanes.after_tenant, hinted_lanes.at,
        CASE WHEN is_hinted THEN v_hint_count_max ELSE hinted_lanes.lane_count_max END);
    v_walked := pg_stat_get_xact_tuples_returned(v_index) - v_walked;
    IF v_walked > v_cheap THEN
        INSERT INTO work.claim_hints (queue, enumerated_at, walked, looked_at, lanes)
        VALUES (hinted_lanes.queue, clock_timestamp(), v_walked, hinted_lanes.at, COALESCE(lanes, '{}'))
        ON CONFLICT (queue) DO UPDATE SET
            enumerated_at = EXCLUDED.enumerated_at, walked = EXCLUDED.walked, looked_at = EXCLUDED.looked_at,
            lanes = EXCLUDED.lanes;
        is_hinted := true;
    ELSIF is_hinted THEN
        DELETE FROM work.claim_hints AS h WHERE h.queue = hinted_lanes.queue;
        is_hinted := false;
    END IF;
END;
$$;
COMMENT ON FUNCTION work.hinted_lanes(text, uuid, timestamptz, integer) IS 'The lanes to claim from.';
