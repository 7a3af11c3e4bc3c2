-- Requires: functions/data/step_bulk_mapping.sql
-- Requires: functions/work/job_kind.sql
-- The job of a bulk mapping: one step of it. While the connection is busy with a sync it waits.
--
-- Role:    worker
-- Returns: {status}
CREATE OR REPLACE FUNCTION data.bulk_mapping(arguments jsonb)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_message text;
BEGIN
    RETURN jsonb_build_object('status', data.step_bulk_mapping(
        (bulk_mapping.arguments ->> 'bulk_mapping_id')::uuid, (bulk_mapping.arguments ->> 'item_no')::int));
EXCEPTION
    WHEN SQLSTATE 'PT409' THEN
        GET STACKED DIAGNOSTICS v_message = PG_EXCEPTION_DETAIL;
        PERFORM work.snooze('5 s', v_message);
END;
$$;
COMMENT ON FUNCTION data.bulk_mapping(jsonb) IS 'The job of a bulk mapping: one step of it.';
GRANT EXECUTE ON FUNCTION data.bulk_mapping(jsonb) TO worker;
SELECT work.job_kind('data.bulk_mapping', 'data.bulk_mapping', timeout => interval '5 min', keep => interval '1 day');
