-- Requires: functions/core/create_event_partition.sql
-- Forgets events that are older than stated, whole days at a time. The last position taken from each tenant stays
-- known, so that a listener that asks for it is told. A day with an event that has no position yet is left alone:
-- nobody was shown it.
--
-- Role:    pgserver_owner, worker
-- Definer: lends a schedule the dropping of partitions
-- Returns: how many days were dropped
-- Errors:  22023  less than a day is to be kept
--          55P03  somebody has been reading the log for too long; the next call goes on
CREATE OR REPLACE FUNCTION core.drop_event_partitions(keep interval DEFAULT interval '7 days')
RETURNS integer LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = '' SET timezone = 'UTC' SET lock_timeout = '2s'
AS $$
DECLARE
    v_until     CONSTANT timestamptz := now() - drop_event_partitions.keep;
    v_dropped   integer := 0;
    v_day       text;
    v_unplaced  boolean;
BEGIN
    IF drop_event_partitions.keep IS NULL OR drop_event_partitions.keep < interval '1 day' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'events are kept for a day at least';
    END IF;
    -- A position must not be given while what it is compared with here goes away.
    PERFORM FROM core.event_sequencer AS s FOR UPDATE;
    -- Days that had no partition of their own when they were written get one now, to go with it.
    PERFORM core.create_event_partition(d.day)
    FROM (
        SELECT DISTINCT e.created_at::date AS day
        FROM core.events_default AS e
        WHERE e.created_at < date_trunc('day', v_until)
    ) AS d;
    FOR v_day IN
        SELECT substring(c.relname FROM '[0-9]{8}$')
        FROM pg_catalog.pg_inherits AS i
        JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'core.events'::regclass AND c.relname ~ '^events_[0-9]{8}$'
          AND (substring(c.relname FROM '[0-9]{8}$')::date + 1)::timestamptz <= v_until
        ORDER BY 1
    LOOP
        EXECUTE format(
            'SELECT (SELECT count(*) FROM core.events AS e WHERE e.created_at >= %1$L AND e.created_at < %2$L)
                <> (SELECT count(*) FROM core.event_positions AS p WHERE p.created_at >= %1$L AND p.created_at < %2$L)',
            v_day::date::timestamptz, (v_day::date + 1)::timestamptz)
        INTO STRICT v_unplaced;
        CONTINUE WHEN v_unplaced;
        UPDATE core.event_heads AS h
        SET trimmed_position = greatest(h.trimmed_position, t.position)
        FROM (
            SELECT p.tenant_id, max(p.position) AS position
            FROM core.event_positions AS p
            WHERE p.created_at >= v_day::date::timestamptz AND p.created_at < (v_day::date + 1)::timestamptz
            GROUP BY p.tenant_id
        ) AS t
        WHERE h.tenant_id = t.tenant_id;
        EXECUTE format('DROP TABLE core.%I, core.%I', 'events_' || v_day, 'event_positions_' || v_day);
        v_dropped := v_dropped + 1;
    END LOOP;
    RETURN v_dropped;
END;
$$;
COMMENT ON FUNCTION core.drop_event_partitions(interval) IS 'Forgets events that are older than stated, whole days at a time.';
GRANT EXECUTE ON FUNCTION core.drop_event_partitions(interval) TO worker;
