-- Requires: functions/autonomos/dialect.sql
-- Requires: functions/autonomos/drift_document.sql
-- Requires: functions/autonomos/require_aam.sql
-- Requires: functions/data/ignore_drift.sql
-- Sets drift aside that nobody needs to see to.
--
-- Role:    member
-- Returns: 200 {id, connection_id, event_type, …, status, …}
-- Errors:  PT403 forbidden      403  the permission connections.write is missing
--          PT404 not_found      404  the tenant has no such drift
--          PT409 drift_settled  409  the drift has been repaired, rejected or set aside already
--          PT503 unavailable    503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.ignore_drift(drift_event_id uuid)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_drift data.drift_events;
BEGIN
    PERFORM autonomos.require_aam();
    v_drift := data.ignore_drift(ignore_drift.drift_event_id);
    RETURN autonomos.drift_document(v_drift);
END;
$$;
COMMENT ON FUNCTION autonomos.ignore_drift(uuid) IS 'Sets drift aside that nobody needs to see to.';
GRANT EXECUTE ON FUNCTION autonomos.ignore_drift(uuid) TO member;
SELECT api.route(
    'POST /api/v1/aam/drift/{drift_event_id}/ignore', 'autonomos.ignore_drift', permission => 'connections.write',
    rate => 'write', tag => 'AAM',
    errors => '{404 not_found the tenant has no such drift,409 drift_settled the drift has been repaired or rejected or set aside already,503 unavailable AAM models not configured}',
    returns => '{
            "id": "uuid", "connection_id": "uuid",
            "event_type": "field_added|field_removed|field_renamed|type_changed|table_added|table_removed",
            "old_schema": {"fields": ["string"], "relation": "string?", "types": "object?"},
            "new_schema": {"fields": ["string"], "relation": "string?", "types": "object?"},
            "confidence": "number", "status": "detected|auto_repaired|queued|repaired|rejected|ignored",
            "created_at": "string", "relation": "string", "field": "string?", "new_field": "string?",
            "schema_version": "integer", "resolved_at": "string?"
    }');
