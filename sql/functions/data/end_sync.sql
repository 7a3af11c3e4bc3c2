-- Requires: functions/data/end_run.sql
-- Ends a sync, with what its runs came to, and says so on its connection.
--
-- Role:    pgserver_owner
-- Takes:   status: NULL for what follows from the runs; cancelled or failed if it was cut short
-- Returns: the sync
CREATE OR REPLACE FUNCTION data.end_sync(
    sync data.syncs, status text DEFAULT NULL, error_code text DEFAULT NULL, error text DEFAULT NULL)
RETURNS data.syncs LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
#variable_conflict use_column
DECLARE
    v_sync       data.syncs;
    v_run        data.sync_runs;
    v_total      record;
    v_connection data.connections;
BEGIN
    SELECT c.* INTO STRICT v_connection
    FROM data.connections AS c
    WHERE c.tenant_id = (sync).tenant_id AND c.connection_id = (sync).connection_id
    FOR NO KEY UPDATE;
    FOR v_run IN
        SELECT r.* FROM data.sync_runs AS r
        WHERE r.tenant_id = (sync).tenant_id AND r.sync_id = (sync).sync_id AND r.status = 'running'
    LOOP
        PERFORM data.end_run(
            v_connection, v_run, COALESCE(end_sync.status, 'cancelled'), end_sync.error_code, end_sync.error);
    END LOOP;
    SELECT
        CASE
            WHEN bool_or(r.status = 'failed') THEN 'failed'
            WHEN bool_or(r.status IN ('partial', 'cancelled')) THEN 'partial'
            ELSE 'succeeded'
        END AS status,
        COALESCE(sum(r.rows_read), 0) AS rows_read,
        COALESCE(sum(r.rows_inserted), 0) AS rows_inserted,
        COALESCE(sum(r.rows_updated), 0) AS rows_updated,
        COALESCE(sum(r.rows_unchanged), 0) AS rows_unchanged,
        COALESCE(sum(r.rows_rejected), 0) AS rows_rejected,
        COALESCE(sum(r.rows_removed), 0) AS rows_removed,
        COALESCE(sum(r.bytes_read), 0) AS bytes_read,
        (array_agg(r.error_code ORDER BY r.status = 'failed' DESC, r.entity, r.record_type) FILTER (WHERE r.error_code IS NOT NULL))[1]
            AS error_code,
        (array_agg(r.error ORDER BY r.status = 'failed' DESC, r.entity, r.record_type) FILTER (WHERE r.error IS NOT NULL))[1] AS error
    INTO STRICT v_total
    FROM data.sync_runs AS r
    WHERE r.tenant_id = (sync).tenant_id AND r.sync_id = (sync).sync_id;

    UPDATE data.syncs AS s
    SET status = COALESCE(end_sync.status, v_total.status), started_at = COALESCE(s.started_at, clock_timestamp()),
        rows_read = v_total.rows_read, rows_inserted = v_total.rows_inserted, rows_updated = v_total.rows_updated,
        rows_unchanged = v_total.rows_unchanged, rows_rejected = v_total.rows_rejected,
        rows_removed = v_total.rows_removed, bytes_read = v_total.bytes_read,
        error_code = COALESCE(end_sync.error_code, v_total.error_code), error = COALESCE(end_sync.error, v_total.error),
        updated_at = clock_timestamp(), finished_at = clock_timestamp()
    WHERE s.tenant_id = (sync).tenant_id AND s.sync_id = (sync).sync_id
    RETURNING s.* INTO STRICT v_sync;

    -- A cancelled sync says nothing about the source; a paused or disconnected connection stays what it is.
    UPDATE data.connections AS c
    SET status = CASE
            WHEN c.status IN ('PAUSED', 'DISCONNECTED') OR v_sync.status = 'cancelled' THEN c.status
            WHEN v_sync.status = 'failed' THEN 'FAILED'
            ELSE 'ACTIVE'
        END,
        health = CASE
            WHEN v_sync.status = 'cancelled' THEN c.health
            WHEN v_sync.status = 'failed' THEN 'unhealthy'
            WHEN v_sync.status = 'partial' OR v_sync.rows_rejected > 0 THEN 'degraded'
            ELSE 'healthy'
        END,
        health_checked_at = CASE v_sync.status WHEN 'cancelled' THEN c.health_checked_at ELSE clock_timestamp() END,
        last_error = CASE v_sync.status WHEN 'cancelled' THEN c.last_error ELSE v_sync.error END,
        last_sync_status = v_sync.status,
        last_sync_records = v_sync.rows_read,
        last_sync_bytes = v_sync.bytes_read,
        last_sync_at = v_sync.finished_at,
        updated_at = now()
    WHERE c.tenant_id = v_sync.tenant_id AND c.connection_id = v_sync.connection_id;
    -- Who is one person follows from the contacts.
    IF EXISTS (
        SELECT
        FROM data.sync_runs AS r
        WHERE r.tenant_id = v_sync.tenant_id AND r.sync_id = v_sync.sync_id AND r.entity = 'contact'
            AND r.rows_inserted + r.rows_updated + r.rows_removed > 0
    ) THEN
        PERFORM data.enqueue_unification();
    END IF;
    RETURN v_sync;
END;
$$;
COMMENT ON FUNCTION data.end_sync(data.syncs, text, text, text) IS 'Ends a sync, with what its runs came to.';
