-- Requires: functions/work/create_finished_partition.sql
-- Makes the partitions of work.finished_jobs that the coming days fill. What is kept for longer than they reach is in
-- the default partition until its day comes near.
--
-- Role:    pgserver_owner
-- Returns: how many were made
-- Errors:  55P03  somebody has been busy with the default partition for too long
CREATE OR REPLACE FUNCTION work.create_finished_partitions()
RETURNS integer LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    -- Jobs are kept for a week unless their kind says otherwise.
    v_days_ahead CONSTANT integer := 16;
    v_today      CONSTANT date := (now() AT TIME ZONE 'UTC')::date;
BEGIN
    RETURN (
        SELECT count(*) FILTER (WHERE work.create_finished_partition(v_today + n)) FROM generate_series(1, v_days_ahead) AS n);
END;
$$;
COMMENT ON FUNCTION work.create_finished_partitions() IS 'Makes the partitions of finished jobs that the coming days fill.';
