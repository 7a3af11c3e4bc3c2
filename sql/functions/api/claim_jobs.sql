-- Requires: functions/work/hinted_lanes.sql
-- Gives a worker jobs that are due, as many as it can begin soon.
--
-- Fairness: the jobs of a claim are dealt round the tenants that have some, one each before anybody gets a second, and
-- the next claim of the same connection goes on after the tenant with which this one ended. Within a tenant the lower
-- priority number comes first, then whatever has been due for longer. Kinds that are limited for a tenant are lanes of
-- their own, so that a full one is passed over at once.
--
-- Speed: nothing here depends on how many jobs wait. From lane to lane one look into jobs_ready_idx leads, and of a lane
-- no more rows are read than may be claimed. Claims of a queue follow each other under an advisory lock, so that what
-- one has counted no other changes. They do not wait for the disk: a claim that a crash undoes has been forgotten with
-- all that was built on it.
--
-- Role:    pgserver
-- Definer: lends the server the claiming of any tenant's jobs
-- Returns: a row for each job; arguments only where the server performs the effect; waited_us: since it was due
-- Errors:  22023  no job or no time is asked for
CREATE OR REPLACE FUNCTION api.claim_jobs(worker_id uuid, queue text, max_count integer, lease interval)
RETURNS TABLE (
    job_id bigint, attempt integer, tenant_id uuid, kind text, effect text, timeout_ms integer, arguments text,
    user_id uuid, waited_us bigint)
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
-- The plans are made while the tables may be empty and are used when they are not: then any index seems as good as the
-- one in whose order the rows are wanted. What is ruled out looks dear, which is no reason to compile it.
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET enable_sort = off SET jit = off SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
    v_claim_locks CONSTANT integer  := 887003;
    v_hint_pause  CONSTANT interval := interval '100 ms';
    v_count_max   CONSTANT integer  := LEAST(claim_jobs.max_count, 1000);
    v_cursor_name CONSTANT text     := 'work_cursor.' || claim_jobs.queue;
    v_cursor      uuid;
    v_now         timestamptz;
    v_lanes       work.claimable_lane[];
    v_is_hinted   boolean;
    v_rooms       bigint[];
    v_share       bigint;
    v_jobs        bigint[];
    v_tenants     uuid[];
    v_remaining   work.claimable_lane[];
BEGIN
    IF NOT COALESCE(v_count_max >= 1 AND claim_jobs.lease > interval '0', false) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'invalid_parameter_value', MESSAGE = 'a claim asks for at least one job and for some time';
    END IF;
    PERFORM set_config('synchronous_commit', 'off', true),
        pg_advisory_xact_lock(v_claim_locks, hashtext(claim_jobs.queue));
    v_now := clock_timestamp();
    v_cursor := COALESCE(nullif(current_setting(v_cursor_name, true), '')::uuid, gen_random_uuid());
    SELECT h.lanes, h.is_hinted INTO STRICT v_lanes, v_is_hinted
    FROM work.hinted_lanes(claim_jobs.queue, v_cursor, v_now, v_count_max) AS h;
    IF v_lanes IS NULL THEN
        RETURN;
    END IF;

    SELECT
        array_agg(CASE l.lane WHEN '' THEN v_count_max ELSE work.room_in_lane(l.tenant_id, l.lane) END ORDER BY l.place),
        ceil(v_count_max::numeric / count(DISTINCT l.tenant_id))
    INTO STRICT v_rooms, v_share
    FROM unnest(v_lanes) WITH ORDINALITY AS l (tenant_id, priority, lane, first_due_at, place);
    -- Each tenant's even share first; if that does not fill the claim, as much as there is.
    LOOP
        WITH candidates AS MATERIALIZED (
            SELECT j.job_id, j.run_at, l.tenant_id, l.priority, l.lane, r.room, l.place
            FROM unnest(v_lanes) WITH ORDINALITY AS l (tenant_id, priority, lane, first_due_at, place)
            CROSS JOIN LATERAL (SELECT v_rooms[l.place] AS room) AS r
            CROSS JOIN LATERAL (
                SELECT w.job_id, w.run_at FROM work.jobs AS w
                WHERE w.state = 'waiting' AND w.queue = claim_jobs.queue AND w.tenant_id = l.tenant_id
                  AND w.priority = l.priority AND w.lane = l.lane
                  AND w.run_at >= l.first_due_at AND w.run_at <= v_now
                ORDER BY w.run_at, w.job_id
                LIMIT GREATEST(LEAST(r.room, v_share), 0)
                FOR UPDATE SKIP LOCKED
            ) AS j
        ),
        in_room AS (
            SELECT c.*, row_number() OVER (
                PARTITION BY c.tenant_id, c.lane ORDER BY c.priority, c.run_at, c.job_id) AS nth
            FROM candidates AS c
        ),
        dealt AS (
            SELECT c.*, row_number() OVER (PARTITION BY c.tenant_id ORDER BY c.priority, c.run_at, c.job_id) AS turn
            FROM in_room AS c
            WHERE c.nth <= c.room
        ),
        chosen AS (
            SELECT c.job_id, c.tenant_id, c.turn, c.place FROM dealt AS c ORDER BY c.turn, c.place LIMIT v_count_max
        )
        SELECT
            array_agg(c.job_id ORDER BY c.turn, c.place), array_agg(c.tenant_id ORDER BY c.turn, c.place),
            CASE WHEN v_is_hinted THEN (
                SELECT array_agg(ROW (k.tenant_id, k.priority, k.lane, k.first_due_at)::work.claimable_lane)
                FROM (
                    SELECT d.tenant_id, d.priority, d.lane, min(d.run_at) AS first_due_at
                    FROM candidates AS d GROUP BY d.tenant_id, d.priority, d.lane
                    UNION ALL
                    SELECT l.tenant_id, l.priority, l.lane, l.first_due_at
                    FROM unnest(v_lanes) WITH ORDINALITY AS l (tenant_id, priority, lane, first_due_at, place)
                    WHERE v_rooms[l.place] <= 0
                ) AS k)
            END
        INTO STRICT v_jobs, v_tenants, v_remaining
        FROM chosen AS c;
        EXIT WHEN cardinality(v_jobs) = v_count_max OR v_share = v_count_max;
        v_share := v_count_max;
    END LOOP;
    IF v_is_hinted THEN
        UPDATE work.claim_hints AS h SET looked_at = v_now, lanes = COALESCE(v_remaining, '{}')
        WHERE h.queue = claim_jobs.queue AND h.looked_at < v_now - v_hint_pause;
    END IF;
    IF v_jobs IS NULL THEN
        RETURN;
    END IF;
    PERFORM set_config(v_cursor_name, v_tenants[cardinality(v_tenants)]::text, false);

    RETURN QUERY
    WITH claimed AS (
        UPDATE work.jobs AS j
        SET state = 'running', attempt = j.attempt + 1, worker_id = claim_jobs.worker_id, started_at = v_now,
            lease_until = v_now + claim_jobs.lease
        FROM unnest(v_tenants, v_jobs) AS c (tenant_id, job_id)
        WHERE j.tenant_id = c.tenant_id AND j.job_id = c.job_id
        RETURNING j.job_id, j.attempt, j.tenant_id, j.kind, j.timeout_ms, j.arguments, j.requested_by, j.run_at
    )
    SELECT
        j.job_id, j.attempt, j.tenant_id, j.kind, COALESCE(k.effect, 'function')::text, j.timeout_ms,
        CASE WHEN k.effect <> 'function' THEN
            -- What a receiver tells a repetition by.
            (jsonb_build_object('idempotency_key', 'job-' || j.job_id) || j.arguments)::text END,
        j.requested_by, (extract(epoch FROM v_now - j.run_at) * 1000000)::bigint
    FROM claimed AS j
    LEFT JOIN work.job_kinds AS k ON k.kind = j.kind;
END;
$$;
COMMENT ON FUNCTION api.claim_jobs(uuid, text, integer, interval) IS 'Gives a worker jobs that are due.';
GRANT EXECUTE ON FUNCTION api.claim_jobs(uuid, text, integer, interval) TO pgserver;
