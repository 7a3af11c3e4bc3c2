-- Requires: functions/work/enqueue.sql
-- Requires: functions/work/job_kind.sql
-- Requires: functions/work/schedule.sql
-- Looks for files in parts that were begun 7 days ago or earlier and never completed, and has each removed by a job of
-- its tenant.
--
-- Role:    worker
-- Definer: lends the look at what is abandoned, of all tenants
-- Returns: {found}
CREATE OR REPLACE FUNCTION data.sweep_uploads(arguments jsonb)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_count_max CONSTANT integer := 1000;
    v_count     bigint;
BEGIN
    SELECT count(work.enqueue(
        'data.forget_upload', jsonb_build_object('file_id', o.file_id), unique_key => o.file_id::text,
        tenant_id => o.tenant_id))
    INTO v_count
    FROM (
        SELECT f.tenant_id, f.file_id
        FROM data.source_files AS f
        WHERE f.status = 'receiving' AND f.created_at <= now() - interval '7 days'
        ORDER BY f.created_at
        LIMIT v_count_max
    ) AS o;
    RETURN jsonb_build_object('found', v_count);
END;
$$;
COMMENT ON FUNCTION data.sweep_uploads(jsonb) IS 'Looks for files in parts that were never completed.';
GRANT EXECUTE ON FUNCTION data.sweep_uploads(jsonb) TO worker;
SELECT work.job_kind('data.sweep_uploads', 'data.sweep_uploads', keep => interval '1 day');
SELECT work.schedule('data.sweep_uploads', '39 2 * * *', 'data.sweep_uploads');
