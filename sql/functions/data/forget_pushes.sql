-- Requires: functions/work/job_kind.sql
-- Requires: functions/work/schedule.sql
-- Forgets batches that were pushed 30 days ago or earlier, but for the last of each relation, which can always be sent
-- again. Goes on in another job if there are more than one may remove.
--
-- Role:    worker
-- Definer: lends the removal of what has expired, of all tenants
-- Returns: {removed}
CREATE OR REPLACE FUNCTION data.forget_pushes(arguments jsonb)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_count_max CONSTANT integer := COALESCE((forget_pushes.arguments ->> 'max_count')::integer, 20000);
    v_count     bigint;
BEGIN
    DELETE FROM data.push_batches AS b
    WHERE b.ctid = ANY (ARRAY(
        SELECT o.ctid
        FROM data.push_batches AS o
        WHERE NOT o.is_last AND o.received_at <= now() - interval '30 days'
        LIMIT v_count_max));
    GET DIAGNOSTICS v_count = ROW_COUNT;
    IF v_count = v_count_max THEN
        PERFORM work.enqueue('data.forget_pushes', forget_pushes.arguments, unique_key => 'more');
    END IF;
    RETURN jsonb_build_object('removed', v_count);
END;
$$;
COMMENT ON FUNCTION data.forget_pushes(jsonb) IS 'Forgets batches that were pushed 30 days ago or earlier.';
GRANT EXECUTE ON FUNCTION data.forget_pushes(jsonb) TO worker;
SELECT work.job_kind('data.forget_pushes', 'data.forget_pushes', keep => interval '1 day');
SELECT work.schedule('data.forget_pushes', '44 3 * * *', 'data.forget_pushes');
