-- Gives events that have become visible their positions: dense for each tenant, in the order of their ids.
--
-- A look asks for the events that the snapshot of the last look could not see and the present one can: those of
-- transactions that were in progress then, or had not begun. So an open transaction, here or in another database,
-- delays its own events alone, and what it costs is one look into the index. Snapshot and rows are of one statement,
-- or an event that commits between the two would be taken for seen. A look that finds more than it may number
-- goes on in the next calls with its own snapshot; what commits meanwhile is the next look's.
--
-- In another cluster the transaction ids of restored events mean nothing. Once, then, what has no position is found by
-- comparing both logs, in a new epoch and with writers held up, and from there on ids are compared only of events that
-- are newer than all those.
--
-- Role:    pgserver
-- Definer: lends the server the giving of positions
-- Returns: what was numbered, in serial order; at most max_count
-- Errors:  22023  max_count is not 1 to 100000
--          25001  the calling transaction has published events itself
--          55P03  writers do not let an adoption begin; the next call goes on
CREATE OR REPLACE FUNCTION api.sequence_events(max_count integer)
RETURNS TABLE (
    serial bigint, tenant_id uuid, "position" bigint, topic text, type text, subject_id text, created_us bigint)
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
-- The range asked for is short, whatever the statistics say of so young a part of the table; and a plan that is dear
-- only because nothing else was allowed is not worth compiling.
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    v_max_count_most CONSTANT integer := 100000;
    v_state  core.event_sequencer;
    v_seen   pg_snapshot;
    v_target pg_snapshot;
    v_after  bigint;
    v_xmax   xid8;
    v_xip    xid8[];
BEGIN
    IF max_count IS NULL OR max_count NOT BETWEEN 1 AND v_max_count_most THEN
        RAISE EXCEPTION USING
            ERRCODE = 'invalid_parameter_value', MESSAGE = format('max_count is 1 to %s', v_max_count_most);
    END IF;
    -- A transaction sees its own events, its snapshot does not: they would be numbered twice.
    IF pg_current_xact_id_if_assigned() IS NOT NULL
        AND EXISTS (SELECT FROM core.events AS e WHERE e.xid = pg_current_xact_id_if_assigned())
    THEN
        RAISE EXCEPTION USING
            ERRCODE = 'active_sql_transaction', MESSAGE = 'events get their positions after they are committed';
    END IF;

    -- A position that is told must outlive a crash, whatever the database settles for otherwise.
    IF current_setting('synchronous_commit') = 'off' THEN
        PERFORM set_config('synchronous_commit', 'on', true);
    END IF;
    SELECT s.* INTO STRICT v_state FROM core.event_sequencer AS s FOR UPDATE;
    v_seen := v_state.seen;
    v_target := v_state.target;
    IF NOT v_state.is_adopting AND pg_snapshot_xmax(v_seen) > pg_snapshot_xmax(pg_current_snapshot()) THEN
        PERFORM core.begin_event_epoch();
        v_state.is_adopting := true;
    END IF;
    IF v_state.is_adopting THEN
        RETURN QUERY SELECT a.* FROM core.adopt_events(max_count) AS a;
        RETURN;
    END IF;
    v_after := CASE
        WHEN v_target IS NULL THEN v_state.floor_event_id
        ELSE greatest(v_state.floor_event_id, v_state.last_event_id) END;
    v_xmax := pg_snapshot_xmax(v_seen);
    v_xip := ARRAY(SELECT pg_snapshot_xip(v_seen));

    RETURN QUERY
    WITH present AS MATERIALIZED (
        SELECT pg_current_snapshot() AS snapshot
    ), found AS MATERIALIZED (
        -- Two branches and no OR: for either one, the index on xid is the only way.
        SELECT e.xid, e.event_id, e.created_at, e.tenant_id, e.topic, e.type, e.subject_id
        FROM core.events AS e
        WHERE e.xid >= v_xmax AND e.event_id > v_after
          AND (v_target IS NULL OR pg_visible_in_snapshot(e.xid, v_target))
        UNION ALL
        SELECT e.xid, e.event_id, e.created_at, e.tenant_id, e.topic, e.type, e.subject_id
        FROM core.events AS e
        WHERE e.xid = ANY (v_xip) AND e.event_id > v_after
          AND (v_target IS NULL OR pg_visible_in_snapshot(e.xid, v_target))
        ORDER BY event_id
        LIMIT max_count + 1  -- one more tells whether this is all
    ), numbered AS MATERIALIZED (
        SELECT
            n.rank, v_state.serial + n.rank AS serial, COALESCE(h.position, 0) + n.tenant_rank AS position, n.tenant_id,
            n.xid, n.event_id, n.created_at, n.topic, n.type, n.subject_id
        FROM (
            SELECT
                f.*, row_number() OVER (ORDER BY f.event_id) AS rank,
                row_number() OVER (PARTITION BY f.tenant_id ORDER BY f.event_id) AS tenant_rank
            FROM found AS f
        ) AS n
        LEFT JOIN core.event_heads AS h ON h.tenant_id = n.tenant_id
        WHERE n.rank <= max_count
    ), placed AS (
        INSERT INTO core.event_positions (
            serial, tenant_id, position, xid, event_id, created_at, topic, type, subject_id)
        SELECT n.serial, n.tenant_id, n.position, n.xid, n.event_id, n.created_at, n.topic, n.type, n.subject_id
        FROM numbered AS n
        ORDER BY n.serial
    ), heads AS (
        INSERT INTO core.event_heads (tenant_id, position)
        SELECT n.tenant_id, max(n.position) FROM numbered AS n GROUP BY n.tenant_id
        ON CONFLICT ON CONSTRAINT event_heads_pkey DO UPDATE SET position = EXCLUDED.position
    ), state AS (
        UPDATE core.event_sequencer AS s
        SET serial = s.serial + c.numbered_count,
            seen = CASE WHEN c.is_more THEN s.seen ELSE COALESCE(v_target, p.snapshot) END,
            target = CASE WHEN c.is_more THEN COALESCE(v_target, p.snapshot) END,
            last_event_id = COALESCE(c.last_event_id, s.last_event_id)
        FROM present AS p
        CROSS JOIN (
            SELECT
                (SELECT count(*) FROM found) > max_count AS is_more,
                count(*) AS numbered_count, max(n.event_id) AS last_event_id
            FROM numbered AS n
        ) AS c
    )
    SELECT
        n.serial, n.tenant_id, n.position, n.topic, n.type, n.subject_id,
        (extract(epoch FROM n.created_at) * 1000000)::bigint
    FROM numbered AS n
    ORDER BY n.serial;
    IF FOUND THEN
        PERFORM pg_notify('pgserver_log', '');
    ELSE
        -- Nothing was told, and a look that is lost in a crash is only taken again.
        PERFORM set_config('synchronous_commit', 'off', true);
    END IF;
END;
$$;
COMMENT ON FUNCTION api.sequence_events(integer) IS 'Gives events that have become visible their positions.';
GRANT EXECUTE ON FUNCTION api.sequence_events(integer) TO pgserver;
