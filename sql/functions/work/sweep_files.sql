-- Requires: functions/work/enqueue.sql
-- Requires: functions/work/job_kind.sql
-- Requires: functions/work/schedule.sql
-- Removes files that were begun a day ago or earlier and never became complete, a few at a time.
--
-- Role:    worker
-- Definer: lends the removal of what is abandoned, of all tenants
-- Returns: {removed}
CREATE OR REPLACE FUNCTION work.sweep_files(arguments jsonb)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_count_max CONSTANT integer := COALESCE((sweep_files.arguments ->> 'max_count')::integer, 20);
    v_count     bigint;
BEGIN
    DELETE FROM core.files AS f
    WHERE f.ctid = ANY (ARRAY(
        SELECT o.ctid
        FROM core.files AS o
        WHERE o.status = 'receiving' AND o.created_at <= now() - interval '1 day'
        LIMIT v_count_max
        FOR UPDATE SKIP LOCKED));
    GET DIAGNOSTICS v_count = ROW_COUNT;
    IF v_count = v_count_max THEN
        PERFORM work.enqueue('work.sweep_files', sweep_files.arguments, unique_key => 'more');
    END IF;
    RETURN jsonb_build_object('removed', v_count);
END;
$$;
COMMENT ON FUNCTION work.sweep_files(jsonb) IS 'Removes files that never became complete.';
GRANT EXECUTE ON FUNCTION work.sweep_files(jsonb) TO worker;
SELECT work.job_kind('work.sweep_files', 'work.sweep_files', timeout => interval '5 min', keep => interval '1 day');
SELECT work.schedule('work.sweep_files', '49 * * * *', 'work.sweep_files');
