-- Requires: functions/core/create_event_partition.sql
-- Makes the partitions of the logs of events for today and some days ahead.
--
-- Role:    pgserver_owner, worker
-- Definer: lends a schedule the making of partitions
-- Returns: for how many days they were made
-- Errors:  22023  days_ahead is not 0 to 366
--          55P03  somebody has been busy with the default partitions for too long
CREATE OR REPLACE FUNCTION core.create_event_partitions(days_ahead integer DEFAULT 7)
RETURNS integer LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = '' SET timezone = 'UTC'
AS $$
DECLARE
    v_days_ahead_max CONSTANT integer := 366;
BEGIN
    IF create_event_partitions.days_ahead IS NULL OR create_event_partitions.days_ahead NOT BETWEEN 0 AND v_days_ahead_max
    THEN
        RAISE EXCEPTION USING
            ERRCODE = 'invalid_parameter_value', MESSAGE = format('days_ahead is 0 to %s', v_days_ahead_max);
    END IF;
    RETURN (
        SELECT count(*) FILTER (WHERE core.create_event_partition(current_date + n))
        FROM generate_series(0, create_event_partitions.days_ahead) AS n
    );
END;
$$;
COMMENT ON FUNCTION core.create_event_partitions(integer) IS
    'Makes the partitions of the logs of events for today and some days ahead.';
GRANT EXECUTE ON FUNCTION core.create_event_partitions(integer) TO worker;
