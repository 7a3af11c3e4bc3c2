-- Requires: functions/work/job_kind.sql
-- Requires: functions/work/enqueue.sql
-- Removes rows of a relation that are of no generation that is read or being loaded, and goes on in another job if there
-- are more than one may remove.
--
-- Role:    worker
-- Definer: lends the removal of source rows, of the job's tenant
-- Returns: {removed}
CREATE OR REPLACE FUNCTION data.forget_rows(arguments jsonb)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_count_max     CONSTANT integer := COALESCE((forget_rows.arguments ->> 'max_count')::integer, 50000);
    v_connection_id CONSTANT uuid := (forget_rows.arguments ->> 'connection_id')::uuid;
    v_relation      CONSTANT text := forget_rows.arguments ->> 'relation';
    v_count         bigint;
BEGIN
    DELETE FROM data.source_rows AS r
    WHERE r.ctid = ANY (ARRAY(
        SELECT o.ctid
        FROM data.source_rows AS o
        WHERE o.tenant_id = (SELECT auth.tenant_id()) AND o.connection_id = v_connection_id AND o.relation = v_relation
            AND o.generation IN (
                SELECT f.generation
                FROM data.source_files AS f
                JOIN data.source_relations AS s
                    ON s.tenant_id = f.tenant_id AND s.connection_id = f.connection_id AND s.relation = f.relation
                WHERE f.tenant_id = (SELECT auth.tenant_id()) AND f.connection_id = v_connection_id
                    AND f.relation = v_relation AND f.generation <> s.generation
                    AND f.status IN ('loaded', 'failed'))
        LIMIT v_count_max));
    GET DIAGNOSTICS v_count = ROW_COUNT;
    IF v_count = v_count_max THEN
        PERFORM work.enqueue(
            'data.forget_rows', forget_rows.arguments, unique_key => v_connection_id || ' ' || v_relation);
    END IF;
    RETURN jsonb_build_object('removed', v_count);
END;
$$;
COMMENT ON FUNCTION data.forget_rows(jsonb) IS 'Removes rows of a relation that are not read any more.';
GRANT EXECUTE ON FUNCTION data.forget_rows(jsonb) TO worker;
SELECT work.job_kind('data.forget_rows', 'data.forget_rows', timeout => interval '2 min', keep => interval '1 day');
