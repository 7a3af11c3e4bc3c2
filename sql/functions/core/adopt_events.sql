-- Numbers events whose transaction ids mean nothing here, because they were restored from another cluster: those that
-- are in one log and not in the other. When there are no more, the ordinary way begins behind the newest of them.
-- Writers wait meanwhile, or an event that commits in between would be on neither side.
--
-- Role:    pgserver_owner; part of api.sequence_events()
-- Returns: what was numbered, in serial order; at most max_count
-- Errors:  55P03  a writer stays open
CREATE OR REPLACE FUNCTION core.adopt_events(max_count integer)
RETURNS TABLE (
    serial bigint, tenant_id uuid, "position" bigint, topic text, type text, subject_id text, created_us bigint)
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER SET lock_timeout = '2s'
AS $$
#variable_conflict use_column
BEGIN
    LOCK TABLE core.events IN SHARE ROW EXCLUSIVE MODE;
    RETURN QUERY
    WITH found AS MATERIALIZED (
        SELECT e.xid, e.event_id, e.created_at, e.tenant_id, e.topic, e.type, e.subject_id
        FROM core.events AS e
        WHERE NOT EXISTS (
            SELECT FROM core.event_positions AS p
            WHERE p.xid = e.xid AND p.event_id = e.event_id AND p.created_at = e.created_at)
        ORDER BY e.event_id
        LIMIT max_count + 1
    ), numbered AS MATERIALIZED (
        SELECT
            s.serial + n.rank AS serial, COALESCE(h.position, 0) + n.tenant_rank AS position, n.tenant_id,
            n.xid, n.event_id, n.created_at, n.topic, n.type, n.subject_id
        FROM (
            SELECT
                f.*, row_number() OVER (ORDER BY f.event_id) AS rank,
                row_number() OVER (PARTITION BY f.tenant_id ORDER BY f.event_id) AS tenant_rank
            FROM found AS f
        ) AS n
        CROSS JOIN core.event_sequencer AS s
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
        SET serial = s.serial + (SELECT count(*) FROM numbered),
            is_adopting = (SELECT count(*) FROM found) > max_count,
            seen = pg_current_snapshot(),
            floor_event_id = COALESCE((SELECT max(e.event_id) FROM core.events AS e), 0)
    )
    SELECT
        n.serial, n.tenant_id, n.position, n.topic, n.type, n.subject_id,
        (extract(epoch FROM n.created_at) * 1000000)::bigint
    FROM numbered AS n
    ORDER BY n.serial;
    IF FOUND THEN
        PERFORM pg_notify('pgserver_log', '');
    END IF;
END;
$$;
COMMENT ON FUNCTION core.adopt_events(integer) IS 'Numbers events that were restored from another cluster.';
