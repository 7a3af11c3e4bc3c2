-- Requires: functions/work/job_kind.sql
-- Removes what was uploaded or pushed to a connection that was disconnected: a bounded part, and the next part by the
-- next job.
--
-- Role:    worker
-- Definer: lends the removal of a source's rows, of the job's tenant only
-- Returns: {removed}: rows
CREATE OR REPLACE FUNCTION data.clear_source(arguments jsonb)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_row_count_max CONSTANT int  := 50000;
    v_connection_id CONSTANT uuid := arguments ->> 'connection_id';
    v_removed       bigint;
BEGIN
    IF NOT EXISTS (
        SELECT FROM data.connections AS c
        WHERE c.tenant_id = auth.tenant_id() AND c.connection_id = v_connection_id AND c.status = 'DISCONNECTED'
    ) THEN
        RETURN '{"removed": 0}';
    END IF;
    DELETE FROM data.source_rows AS r
    WHERE r.ctid = ANY (ARRAY(
        SELECT o.ctid
        FROM data.source_rows AS o
        WHERE o.tenant_id = auth.tenant_id() AND o.connection_id = v_connection_id
        LIMIT v_row_count_max
    ));
    GET DIAGNOSTICS v_removed = ROW_COUNT;
    IF v_removed = v_row_count_max THEN
        PERFORM work.enqueue('data.clear_source', arguments, unique_key => v_connection_id::text);
    ELSE
        DELETE FROM data.source_relations AS s
        WHERE s.tenant_id = auth.tenant_id() AND s.connection_id = v_connection_id;
    END IF;
    RETURN jsonb_build_object('removed', v_removed);
END;
$$;
COMMENT ON FUNCTION data.clear_source(jsonb) IS 'Removes what was uploaded or pushed to a connection that was disconnected.';
GRANT EXECUTE ON FUNCTION data.clear_source(jsonb) TO worker;
SELECT work.job_kind('data.clear_source', 'data.clear_source', timeout => interval '5 min');
