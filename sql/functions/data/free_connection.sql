-- Requires: functions/data/end_sync.sql
-- Makes sure that no sync of a connection is under way, which the caller holds. One whose job was given up or removed
-- is not: it is ended here.
--
-- Role:    pgserver_owner, for functions that begin a sync
-- Errors:  PT409 connection_busy  409  a sync of this connection is under way
CREATE OR REPLACE FUNCTION data.free_connection(connection data.connections)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_sync data.syncs;
BEGIN
    SELECT s.* INTO v_sync
    FROM data.syncs AS s
    WHERE s.tenant_id = connection.tenant_id AND s.connection_id = connection.connection_id
        AND s.status IN ('queued', 'running')
        AND NOT EXISTS (
            SELECT FROM work.jobs AS j
            WHERE j.tenant_id = s.tenant_id AND j.job_id = s.job_id AND j.state IN ('waiting', 'running'));
    IF FOUND THEN
        PERFORM data.end_sync(v_sync, 'failed', 'job_lost', 'The job of the sync was given up or cancelled.');
    ELSIF EXISTS (
        SELECT FROM data.syncs AS s
        WHERE s.tenant_id = connection.tenant_id AND s.connection_id = connection.connection_id
            AND s.status IN ('queued', 'running'))
    THEN
        PERFORM api.fail('connection_busy', 'This connection is being synchronized or changed right now.', 409);
    END IF;
END;
$$;
COMMENT ON FUNCTION data.free_connection(data.connections) IS 'Makes sure that no sync of a connection is under way.';
