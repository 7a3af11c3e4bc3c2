-- Requires: functions/data/publish_stages.sql
-- Ends a run, with what it came to. A run that ended early goes on exactly behind its last row the next time; one that
-- succeeded begins anew, or at its cursor.
--
-- Role:    pgserver_owner
-- Returns: the run, whose stages are published as events
CREATE OR REPLACE FUNCTION data.end_run(
    connection data.connections, run data.sync_runs, status text, error_code text DEFAULT NULL, error text DEFAULT NULL)
RETURNS data.sync_runs LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
#variable_conflict use_column
DECLARE
    v_run data.sync_runs;
BEGIN
    UPDATE data.sync_runs AS r
    SET status = end_run.status, error_code = end_run.error_code, error = end_run.error, phase = NULL,
        drifted = (run).drifted, compare_time = (run).compare_time,
        cursor_after = (
            SELECT m.cursor_value FROM data.mappings AS m
            WHERE m.tenant_id = r.tenant_id AND m.mapping_id = r.mapping_id),
        updated_at = clock_timestamp(), finished_at = clock_timestamp()
    WHERE r.tenant_id = (run).tenant_id AND r.sync_run_id = (run).sync_run_id
    RETURNING r.* INTO STRICT v_run;
    IF v_run.status = 'succeeded' OR v_run.error_code = 'source_empty' THEN
        UPDATE data.mappings AS m
        SET is_resuming = false, updated_at = now()
        WHERE m.tenant_id = v_run.tenant_id AND m.mapping_id = v_run.mapping_id AND m.is_resuming;
    END IF;
    PERFORM data.publish_stages(connection, v_run);
    RETURN v_run;
END;
$$;
COMMENT ON FUNCTION data.end_run(data.connections, data.sync_runs, text, text, text) IS 'Ends a run, with what it came to.';
