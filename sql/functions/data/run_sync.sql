-- Requires: functions/data/sync.sql
-- Requires: functions/work/job_kind.sql
-- Does the next step of a sync.
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
    v_sync   data.syncs;
    v_result jsonb;
BEGIN
    SELECT s.* INTO v_sync
    FROM data.syncs AS s
    WHERE s.tenant_id = auth.tenant_id() AND s.sync_id = (run_sync.arguments ->> 'sync_id')::uuid
        AND s.status IN ('queued', 'running')
    FOR UPDATE;
    IF NOT FOUND THEN
        RETURN jsonb_build_object('sync_id', run_sync.arguments -> 'sync_id', 'status', 'ended');
    END IF;
    v_result := data.sync(v_sync.connection_id, 10000000, v_sync.mode = 'full');
    UPDATE data.syncs AS s
    SET status = v_result ->> 'status', started_at = COALESCE(s.started_at, now()), finished_at = clock_timestamp(),
        rows_read = (v_result ->> 'rows_read')::bigint, rows_inserted = (v_result ->> 'rows_inserted')::bigint,
        rows_updated = (v_result ->> 'rows_updated')::bigint, rows_unchanged = (v_result ->> 'rows_unchanged')::bigint,
        rows_rejected = (v_result ->> 'rows_rejected')::bigint, rows_removed = (v_result ->> 'rows_removed')::bigint,
        bytes_read = (v_result ->> 'bytes_read')::bigint
    WHERE s.tenant_id = v_sync.tenant_id AND s.sync_id = v_sync.sync_id;
    RETURN jsonb_build_object('sync_id', v_sync.sync_id, 'status', v_result ->> 'status');
END;
$$;
COMMENT ON FUNCTION data.run_sync(jsonb) IS 'Does the next step of a sync.';
GRANT EXECUTE ON FUNCTION data.run_sync(jsonb) TO worker;
SELECT work.job_kind('data.sync', 'data.run_sync', max_attempts => 10, timeout => interval '10 min', tenant_concurrency => 2);
