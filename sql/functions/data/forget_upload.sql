-- Requires: functions/core/remove_files.sql
-- Requires: functions/work/job_kind.sql
-- Forgets a file in parts that was never completed.
--
-- Role:    worker
-- Definer: lends the removal of source files, of the job's tenant
-- Returns: {removed}
CREATE OR REPLACE FUNCTION data.forget_upload(arguments jsonb)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_file_id CONSTANT uuid := (forget_upload.arguments ->> 'file_id')::uuid;
BEGIN
    PERFORM FROM data.source_files AS f
    WHERE f.tenant_id = (SELECT auth.tenant_id()) AND f.file_id = v_file_id AND f.status = 'receiving'
        AND f.created_at <= now() - interval '7 days'
    FOR UPDATE;
    IF NOT FOUND THEN
        RETURN jsonb_build_object('removed', 0);
    END IF;
    PERFORM core.remove_files(ARRAY(
        SELECT p.content_id FROM data.source_file_parts AS p
        WHERE p.tenant_id = (SELECT auth.tenant_id()) AND p.file_id = v_file_id));
    DELETE FROM data.source_files AS f WHERE f.tenant_id = (SELECT auth.tenant_id()) AND f.file_id = v_file_id;
    RETURN jsonb_build_object('removed', 1);
END;
$$;
COMMENT ON FUNCTION data.forget_upload(jsonb) IS 'Forgets a file in parts that was never completed.';
GRANT EXECUTE ON FUNCTION data.forget_upload(jsonb) TO worker;
SELECT work.job_kind('data.forget_upload', 'data.forget_upload', keep => interval '1 day');
