-- Requires: functions/autonomos/require_aam.sql
-- Requires: functions/data/cancel_sync.sql
-- Ends a sync. What it has read stays.
--
-- Role:    member
-- Returns: 202 {sync_id, status}: cancelled, or cancelling while a step is still under way
-- Errors:  PT403 forbidden    403  the permission connections.write is missing
--          PT404 not_found    404  the tenant has no such sync
--          PT409 sync_ended   409  it has ended already
--          PT503 unavailable  503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.cancel_sync(sync_id uuid)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    PERFORM autonomos.require_aam();
    RETURN json_build_object('sync_id', cancel_sync.sync_id, 'status', data.cancel_sync(cancel_sync.sync_id));
END;
$$;
COMMENT ON FUNCTION autonomos.cancel_sync(uuid) IS 'Ends a sync. What it has read stays.';
GRANT EXECUTE ON FUNCTION autonomos.cancel_sync(uuid) TO member;
SELECT api.route('POST /api/v1/aam/syncs/{sync_id}/cancel', 'autonomos.cancel_sync', rate => 'write', status => 202,
    tag => 'AAM', returns => '{"sync_id": "uuid", "status": "cancelled|cancelling"}',
    errors => '{forbidden,not_found,"409 sync_ended This sync has ended",unavailable}');
