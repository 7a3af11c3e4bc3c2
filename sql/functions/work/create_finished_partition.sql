-- Makes the partition of work.finished_jobs for what is forgotten on one day. What the default partition holds of that
-- day moves into it. Writers are not held up: it is made apart and then attached.
--
-- Role:    pgserver_owner
-- Returns: whether it was made; false, if it is there
-- Errors:  55P03  somebody has been busy with the default partition for too long
CREATE OR REPLACE FUNCTION work.create_finished_partition(expires_on date)
RETURNS boolean LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER SET lock_timeout = '2s'
AS $$
DECLARE
    v_day       CONSTANT date := create_finished_partition.expires_on;
    v_partition CONSTANT text := 'finished_jobs' || to_char(v_day, '"_"YYYYMMDD');
BEGIN
    IF to_regclass('work.' || v_partition) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format(
        'CREATE TABLE work.%I (LIKE work.finished_jobs INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)', v_partition);
    EXECUTE format(
        'WITH moved AS (DELETE FROM work.finished_jobs_default WHERE expires_on = %2$L RETURNING *)'
        ' INSERT INTO work.%1$I SELECT * FROM moved', v_partition, v_day);
    EXECUTE format('ALTER TABLE work.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', v_partition);
    EXECUTE format(
        'COMMENT ON TABLE work.%I IS %L', v_partition,
        format('Part of work.finished_jobs: what is forgotten on %s, in UTC.', v_day));
    EXECUTE format(
        'ALTER TABLE work.finished_jobs ATTACH PARTITION work.%I FOR VALUES FROM (%L) TO (%L)', v_partition, v_day, v_day + 1);
    RETURN true;
END;
$$;
COMMENT ON FUNCTION work.create_finished_partition(date) IS
    'Makes the partition of finished jobs for what is forgotten on one day.';
