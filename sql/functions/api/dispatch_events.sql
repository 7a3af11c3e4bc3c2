-- Requires: functions/work/deliver.sql
-- Requires: functions/work/webhook_body.sql
-- Requires: functions/work/webhook_data.sql
-- Hands the next events of the log to the webhooks that ask for them: one delivery for each webhook and event, written in
-- the transaction that moves on in the log, so that none is left out and none comes twice. One node at a time; another
-- one that asks meanwhile has nothing to do.
--
-- A webhook is told what its owner may see: of a topic with a permission only while the owner carries that.
--
-- Role:    pgserver
-- Definer: lends the server the reading of the log, and the writing of deliveries for every tenant
-- Returns: how many events were dealt with; as many as were asked for means that there may be more
CREATE OR REPLACE FUNCTION api.dispatch_events(max_count integer DEFAULT 500)
RETURNS integer LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_serial bigint;
    v_last   bigint;
    v_count  integer;
    v_match  record;
BEGIN
    SELECT c.serial INTO v_serial FROM work.event_cursors AS c WHERE c.consumer = 'webhooks' FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    SELECT max(p.serial), count(*) INTO v_last, v_count
    FROM (
        SELECT n.serial FROM core.event_positions AS n WHERE n.serial > v_serial
        ORDER BY n.serial LIMIT greatest(dispatch_events.max_count, 0)
    ) AS p;
    IF v_count = 0 THEN
        RETURN 0;
    END IF;
    FOR v_match IN
        SELECT w AS webhook, e.position, e.created_at, n.name,
            work.webhook_data(e.payload, e.subject_kind, e.subject_id, n.data) AS data
        FROM core.event_log AS e
        JOIN work.webhooks AS w ON w.tenant_id = e.tenant_id AND w.status = 'active' AND w.active_from <= e.created_at
        JOIN core.topics AS t ON t.topic = e.topic
        CROSS JOIN LATERAL (
            SELECT a.name, a.data
            FROM (
                SELECT a.name, a.data, 1 AS rank
                FROM work.webhook_events AS a
                WHERE a.type = e.type AND e.payload @> a.condition AND a.name ~ w.matcher
                UNION ALL
                SELECT e.type, NULL, 2 WHERE e.type ~ w.matcher
            ) AS a
            ORDER BY a.rank, a.name
            LIMIT 1
        ) AS n
        WHERE e.serial > v_serial AND e.serial <= v_last
            AND (t.permission IS NULL OR EXISTS (
                SELECT FROM auth.memberships AS m
                JOIN auth.role_permissions AS r ON r.role = m.role AND r.permission = t.permission
                WHERE m.tenant_id = w.tenant_id AND m.user_id = w.created_by))
        ORDER BY e.serial, w.webhook_id
    LOOP
        PERFORM work.deliver(
            v_match.webhook, 'event', v_match.name, v_match.created_at,
            work.webhook_body(v_match.name, v_match.created_at, v_match.data), v_match.position);
    END LOOP;
    UPDATE work.event_cursors AS c SET serial = v_last WHERE c.consumer = 'webhooks';
    RETURN v_count;
END;
$$;
COMMENT ON FUNCTION api.dispatch_events(integer) IS 'Hands the next events of the log to the webhooks that ask for them.';
GRANT EXECUTE ON FUNCTION api.dispatch_events(integer) TO pgserver;
