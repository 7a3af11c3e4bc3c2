-- Requires: functions/data/begin_run.sql
-- The run that a sync goes on with: the one under way, else the next active mapping's, begun.
--
-- Role:    pgserver_owner
-- Returns: the run, which may have failed already; NULL if every mapping had its turn, or the source cannot be reached
CREATE OR REPLACE FUNCTION data.next_run(connection data.connections, sync data.syncs)
RETURNS data.sync_runs LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_run     data.sync_runs;
    v_mapping data.mappings;
BEGIN
    SELECT r.* INTO v_run
    FROM data.sync_runs AS r
    WHERE r.tenant_id = sync.tenant_id AND r.sync_id = sync.sync_id AND r.status = 'running'
    ORDER BY r.started_at
    LIMIT 1;
    IF FOUND THEN
        RETURN v_run;
    ELSIF EXISTS (
        SELECT FROM data.sync_runs AS r
        WHERE r.tenant_id = sync.tenant_id AND r.sync_id = sync.sync_id
            AND r.error_code IN ('source_unreachable', 'source_refused'))
    THEN
        RETURN NULL;
    END IF;
    SELECT m.* INTO v_mapping
    FROM data.mappings AS m
    WHERE m.tenant_id = sync.tenant_id AND m.connection_id = sync.connection_id AND m.status = 'active'
        AND NOT EXISTS (
            SELECT FROM data.sync_runs AS r
            WHERE r.tenant_id = sync.tenant_id AND r.sync_id = sync.sync_id AND r.mapping_id = m.mapping_id)
    ORDER BY m.entity, m.record_type
    LIMIT 1;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    RETURN data.begin_run(connection, v_mapping, sync);
END;
$$;
COMMENT ON FUNCTION data.next_run(data.connections, data.syncs) IS 'The run that a sync goes on with.';
