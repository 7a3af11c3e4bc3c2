-- Requires: functions/data/continue_run.sql
-- Requires: functions/data/end_sync.sql
-- Requires: functions/data/may_reach.sql
-- Requires: functions/data/next_run.sql
-- Requires: functions/work/enqueue.sql
-- Requires: functions/work/job_kind.sql
-- Does one step of a sync and enqueues the next in the same transaction, so each step is done exactly once, whatever
-- dies. The first says that the sync has begun, those between read pages, the last says what came of it.
--
-- Who changes or disconnects the connection holds its row and may wait for a foreign table, so a step that reads one
-- does not touch the row, and the steps that do read nothing.
--
-- Role:    worker
-- Definer: lends the reading of sources and the writing of records, for the job's tenant
-- Takes:   {sync_id}
-- Returns: {sync_id, status}
CREATE OR REPLACE FUNCTION data.run_sync(arguments jsonb)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_step_time CONSTANT interval := interval '2 s';
    v_sync       data.syncs;
    v_connection data.connections;
    v_run        data.sync_runs;
    v_is_ending  boolean := false;
BEGIN
    SELECT s.* INTO v_sync
    FROM data.syncs AS s
    WHERE s.tenant_id = auth.tenant_id() AND s.sync_id = (run_sync.arguments ->> 'sync_id')::uuid
    FOR NO KEY UPDATE;
    IF v_sync.sync_id IS NULL OR v_sync.status NOT IN ('queued', 'running') THEN
        RETURN jsonb_build_object('sync_id', run_sync.arguments -> 'sync_id', 'status', COALESCE(v_sync.status, 'removed'));
    END IF;
    SELECT c.* INTO STRICT v_connection
    FROM data.connections AS c
    WHERE c.tenant_id = v_sync.tenant_id AND c.connection_id = v_sync.connection_id;

    IF EXISTS (SELECT FROM data.sync_cancels AS c WHERE c.tenant_id = v_sync.tenant_id AND c.sync_id = v_sync.sync_id) THEN
        v_sync := data.end_sync(v_sync, 'cancelled', 'cancelled', 'The sync was cancelled.');
    ELSIF v_connection.status IN ('PAUSED', 'DISCONNECTED') THEN
        v_sync := data.end_sync(
            v_sync, 'cancelled', 'connection_' || lower(v_connection.status),
            format('The connection was %s.', lower(v_connection.status)));
    ELSIF v_sync.status = 'queued' THEN
        UPDATE data.syncs AS s
        SET status = 'running', started_at = clock_timestamp()
        WHERE s.tenant_id = v_sync.tenant_id AND s.sync_id = v_sync.sync_id
        RETURNING s.* INTO STRICT v_sync;
        UPDATE data.connections AS c
        SET last_sync_status = 'running', updated_at = now()
        WHERE c.tenant_id = v_sync.tenant_id AND c.connection_id = v_sync.connection_id;
    ELSIF run_sync.arguments ? 'is_ending' THEN
        v_sync := data.end_sync(v_sync);
    ELSIF NOT data.may_reach(v_connection) THEN
        v_sync := data.end_sync(
            v_sync, 'failed', 'address_not_allowed', 'This server may not connect to the host of the source.');
    ELSE
        v_run := data.next_run(v_connection, v_sync);
        IF v_run.sync_run_id IS NULL THEN
            v_is_ending := true;
        ELSIF v_run.status = 'running' THEN
            v_run := data.continue_run(v_connection, v_run, pause_after => v_step_time);
        END IF;
        UPDATE data.syncs AS s
        SET rows_read = t.rows_read, rows_inserted = t.rows_inserted, rows_updated = t.rows_updated,
            rows_unchanged = t.rows_unchanged, rows_rejected = t.rows_rejected, rows_removed = t.rows_removed,
            bytes_read = t.bytes_read
        FROM (
            SELECT
                COALESCE(sum(r.rows_read), 0) AS rows_read, COALESCE(sum(r.rows_inserted), 0) AS rows_inserted,
                COALESCE(sum(r.rows_updated), 0) AS rows_updated, COALESCE(sum(r.rows_unchanged), 0) AS rows_unchanged,
                COALESCE(sum(r.rows_rejected), 0) AS rows_rejected, COALESCE(sum(r.rows_removed), 0) AS rows_removed,
                COALESCE(sum(r.bytes_read), 0) AS bytes_read
            FROM data.sync_runs AS r
            WHERE r.tenant_id = v_sync.tenant_id AND r.sync_id = v_sync.sync_id
        ) AS t
        WHERE s.tenant_id = v_sync.tenant_id AND s.sync_id = v_sync.sync_id
        RETURNING s.* INTO STRICT v_sync;
        PERFORM work.progress(
            least(v_sync.rows_read / greatest(v_sync.rows_estimated, v_sync.rows_read, 1)::double precision, 1),
            format('%s rows read', v_sync.rows_read));
    END IF;

    IF v_sync.status = 'running' THEN
        UPDATE data.syncs AS s
        SET step_count = s.step_count + 1, updated_at = clock_timestamp(),
            job_id = work.enqueue(
                'data.sync',
                jsonb_build_object('sync_id', v_sync.sync_id) || CASE WHEN v_is_ending THEN '{"is_ending": true}' ELSE '{}' END::jsonb,
                unique_key => v_sync.sync_id::text)
        WHERE s.tenant_id = v_sync.tenant_id AND s.sync_id = v_sync.sync_id;
    END IF;
    RETURN jsonb_build_object('sync_id', v_sync.sync_id, 'status', v_sync.status, 'rows_read', v_sync.rows_read);
END;
$$;
COMMENT ON FUNCTION data.run_sync(jsonb) IS 'Does one step of a sync.';
GRANT EXECUTE ON FUNCTION data.run_sync(jsonb) TO worker;
SELECT work.job_kind(
    'data.sync', 'data.run_sync', max_attempts => 10, timeout => interval '10 min', tenant_concurrency => 2,
    keep => interval '1 day');
