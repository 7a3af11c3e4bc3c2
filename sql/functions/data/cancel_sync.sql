-- Requires: functions/data/end_sync.sql
-- Requires: functions/data/require_write.sql
-- Requires: functions/work/end_job.sql
-- Ends a sync. What it has read stays, and the next sync goes on behind it. A step that is under way is ended, undone.
--
-- Role:    member, worker
-- Definer: lends the ending of syncs and their jobs, of the caller's tenant
-- Returns: cancelled; cancelling: a step is under way and is being told
-- Errors:  PT401 unauthenticated  401  nobody is signed in
--          PT403 forbidden        403  the permission connections.write is missing
--          PT404 not_found        404  the tenant has no such sync
--          PT409 sync_ended       409  it has ended already
CREATE OR REPLACE FUNCTION data.cancel_sync(sync_id uuid)
RETURNS text LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
#variable_conflict use_column
DECLARE
    v_sync data.syncs;
BEGIN
    PERFORM data.require_write();
    SELECT s.* INTO v_sync
    FROM data.syncs AS s
    WHERE s.tenant_id = auth.tenant_id() AND s.sync_id = cancel_sync.sync_id;
    IF NOT FOUND THEN
        PERFORM api.fail('not_found', 'Sync not found.', 404);
    ELSIF v_sync.finished_at IS NOT NULL THEN
        PERFORM api.fail('sync_ended', 'This sync has ended.', 409);
    END IF;
    SELECT s.* INTO v_sync
    FROM data.syncs AS s
    WHERE s.tenant_id = auth.tenant_id() AND s.sync_id = cancel_sync.sync_id AND s.finished_at IS NULL
    FOR NO KEY UPDATE SKIP LOCKED;
    IF FOUND THEN
        PERFORM data.end_sync(v_sync, 'cancelled', 'cancelled', 'The sync was cancelled.');
        PERFORM work.end_job(v_sync.tenant_id, v_sync.job_id);
        RETURN 'cancelled';
    END IF;
    INSERT INTO data.sync_cancels (tenant_id, sync_id)
    VALUES (auth.tenant_id(), cancel_sync.sync_id)
    ON CONFLICT ON CONSTRAINT sync_cancels_pkey DO NOTHING;
    RETURN 'cancelling';
END;
$$;
COMMENT ON FUNCTION data.cancel_sync(uuid) IS 'Ends a sync.';
GRANT EXECUTE ON FUNCTION data.cancel_sync(uuid) TO member, worker;
