-- Makes the partitions of the logs of events for today and some days ahead. What the default partitions hold of a day
-- moves into its own. Writers are not held up: a partition is made apart and then attached.
--
-- Role:    pgserver_owner, worker
-- Definer: lends a schedule the making of partitions
-- Returns: how many were made
-- Errors:  22023  days_ahead is not 0 to 366
CREATE OR REPLACE FUNCTION core.create_event_partitions(days_ahead integer DEFAULT 7)
RETURNS integer LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = '' SET timezone = 'UTC' SET lock_timeout = '5s'
AS $$
DECLARE
    v_days_ahead_max CONSTANT integer := 366;
    v_made      integer := 0;
    v_parent    text;
    v_partition text;
    v_day       date;
BEGIN
    IF create_event_partitions.days_ahead IS NULL OR create_event_partitions.days_ahead NOT BETWEEN 0 AND v_days_ahead_max
    THEN
        RAISE EXCEPTION USING
            ERRCODE = 'invalid_parameter_value', MESSAGE = format('days_ahead is 0 to %s', v_days_ahead_max);
    END IF;
    FOR v_day IN SELECT current_date + n FROM generate_series(0, create_event_partitions.days_ahead) AS n LOOP
        FOREACH v_parent IN ARRAY ARRAY['events', 'event_positions'] LOOP
            v_partition := v_parent || to_char(v_day, '"_"YYYYMMDD');
            CONTINUE WHEN to_regclass(format('core.%I', v_partition)) IS NOT NULL;
            EXECUTE format(
                'CREATE TABLE core.%I (LIKE core.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES'
                ' INCLUDING COMMENTS)', v_partition, v_parent);
            EXECUTE format(
                'WITH moved AS (DELETE FROM core.%2$I WHERE created_at >= %3$L AND created_at < %4$L RETURNING *)'
                ' INSERT INTO core.%1$I SELECT * FROM moved',
                v_partition, v_parent, v_day::timestamptz, (v_day + 1)::timestamptz);
            EXECUTE format(
                'ALTER TABLE core.%1$I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', v_partition);
            EXECUTE format(
                'ALTER TABLE core.%2$I ATTACH PARTITION core.%1$I FOR VALUES FROM (%3$L) TO (%4$L)',
                v_partition, v_parent, v_day::timestamptz, (v_day + 1)::timestamptz);
            EXECUTE format(
                'COMMENT ON TABLE core.%I IS %L', v_partition, format('Part of core.%s: %s, in UTC.', v_parent, v_day));
            v_made := v_made + 1;
        END LOOP;
    END LOOP;
    RETURN v_made;
END;
$$;
COMMENT ON FUNCTION core.create_event_partitions(integer) IS
    'Makes the partitions of the logs of events for today and some days ahead.';
GRANT EXECUTE ON FUNCTION core.create_event_partitions(integer) TO worker;
