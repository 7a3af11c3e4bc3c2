-- Makes the partitions of the logs of events for one day. What the default partitions hold of that day moves into them.
-- Writers are not held up: a partition is made apart and then attached.
--
-- Role:    pgserver_owner
-- Returns: whether they were made; false, if they are there
-- Errors:  55P03  somebody has been busy with the default partitions for too long
CREATE OR REPLACE FUNCTION core.create_event_partition(day date)
RETURNS boolean LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER SET timezone = 'UTC' SET lock_timeout = '5s'
AS $$
DECLARE
    v_from      CONSTANT timestamptz := create_event_partition.day;
    v_to        CONSTANT timestamptz := create_event_partition.day + 1;
    v_suffix    CONSTANT text        := to_char(create_event_partition.day, '"_"YYYYMMDD');
    v_parent    text;
    v_partition text;
BEGIN
    IF to_regclass('core.events' || v_suffix) IS NOT NULL THEN
        RETURN false;
    END IF;
    FOREACH v_parent IN ARRAY ARRAY['events', 'event_positions'] LOOP
        v_partition := v_parent || v_suffix;
        EXECUTE format(
            'CREATE TABLE core.%I (LIKE core.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)',
            v_partition, v_parent);
        EXECUTE format(
            'WITH moved AS (DELETE FROM core.%2$I WHERE created_at >= %3$L AND created_at < %4$L RETURNING *)'
            ' INSERT INTO core.%1$I SELECT * FROM moved', v_partition, v_parent, v_from, v_to);
        EXECUTE format('ALTER TABLE core.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', v_partition);
        EXECUTE format(
            'COMMENT ON TABLE core.%I IS %L', v_partition,
            format('Part of core.%s: %s, in UTC.', v_parent, create_event_partition.day));
        EXECUTE format(
            'ALTER TABLE core.%2$I ATTACH PARTITION core.%1$I FOR VALUES FROM (%3$L) TO (%4$L)',
            v_partition, v_parent, v_from, v_to);
    END LOOP;
    RETURN true;
END;
$$;
COMMENT ON FUNCTION core.create_event_partition(date) IS 'Makes the partitions of the logs of events for one day.';
