-- Requires: functions/data/remove_expired_bulk_mappings.sql
-- Requires: functions/work/enqueue.sql
-- Requires: functions/work/job_kind.sql
-- Requires: functions/work/schedule.sql
-- Removes bulk mappings a day after they were submitted, and goes on in another job if there are more than one may remove.
--
-- Role:    worker
-- Returns: {removed}
CREATE OR REPLACE FUNCTION data.sweep_bulk_mappings(arguments jsonb)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_count_max CONSTANT integer := COALESCE((sweep_bulk_mappings.arguments ->> 'max_count')::integer, 1000);
    v_count     CONSTANT integer := data.remove_expired_bulk_mappings(v_count_max);
BEGIN
    IF v_count > 0 AND v_count = v_count_max THEN
        PERFORM work.enqueue('data.sweep_bulk_mappings', sweep_bulk_mappings.arguments, unique_key => 'more');
    END IF;
    RETURN jsonb_build_object('removed', v_count);
END;
$$;
COMMENT ON FUNCTION data.sweep_bulk_mappings(jsonb) IS 'Removes bulk mappings a day after they were submitted.';
GRANT EXECUTE ON FUNCTION data.sweep_bulk_mappings(jsonb) TO worker;
SELECT work.job_kind('data.sweep_bulk_mappings', 'data.sweep_bulk_mappings', keep => interval '1 day');
SELECT work.schedule('data.sweep_bulk_mappings', '17 * * * *', 'data.sweep_bulk_mappings');
