-- Requires: functions/autonomos/connection_id.sql
-- Requires: functions/autonomos/dialect.sql
-- Requires: functions/autonomos/drift_document.sql
-- Requires: functions/autonomos/require_aam.sql
-- How a source differed from what it was, newest first: all, or of a type, a status, a relation, or since a time.
--
-- Role:    member
-- Returns: 200 {items: [{id, connection_id, event_type, …}], total, limit, offset, has_more}
-- Errors:  PT400 invalid      400  event_type or status is none that there is
--          PT404 not_found    404  the tenant has no such connection
--          PT503 unavailable  503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.list_connection_drift(
    connection_id text, event_type text DEFAULT NULL, status text DEFAULT NULL, relation text DEFAULT NULL,
    since timestamptz DEFAULT NULL, "limit" core.page_limit DEFAULT 100, "offset" core.page_offset DEFAULT 0)
RETURNS api.page LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_types    CONSTANT text[] := ARRAY[
        'field_added', 'field_removed', 'field_renamed', 'type_changed', 'table_added', 'table_removed'];
    v_statuses CONSTANT text[] := ARRAY['detected', 'auto_repaired', 'queued', 'repaired', 'rejected', 'ignored'];
    v_id   uuid;
    v_page api.page;
BEGIN
    PERFORM autonomos.require_aam();
    PERFORM api.invalid(
        CASE WHEN list_connection_drift.event_type <> ALL (v_types)
            THEN ('event_type', 'invalid_value', format('Use one of %s.', array_to_string(v_types, ', ')))::api.fault END,
        CASE WHEN list_connection_drift.status <> ALL (v_statuses)
            THEN ('status', 'invalid_value', format('Use one of %s.', array_to_string(v_statuses, ', ')))::api.fault END);
    v_id := autonomos.connection_id(list_connection_drift.connection_id);
    WITH found AS MATERIALIZED (
        SELECT d AS drift, d.created_at, d.drift_event_id
        FROM data.drift_events AS d
        WHERE d.tenant_id = auth.tenant_id() AND d.connection_id = v_id
            AND (list_connection_drift.event_type IS NULL OR d.event_type = list_connection_drift.event_type)
            AND (list_connection_drift.status IS NULL OR d.status = list_connection_drift.status)
            AND (list_connection_drift.relation IS NULL OR d.relation = list_connection_drift.relation)
            AND (list_connection_drift.since IS NULL OR d.created_at >= list_connection_drift.since)
    ), paged AS (
        SELECT f.drift, row_number() OVER (ORDER BY f.created_at DESC, f.drift_event_id) AS position
        FROM found AS f
        ORDER BY position
        LIMIT list_connection_drift."limit" OFFSET list_connection_drift."offset"
    )
    SELECT
        (SELECT count(*) FROM found AS f),
        (SELECT COALESCE(json_agg(autonomos.drift_document(p.drift) ORDER BY p.position), '[]') FROM paged AS p),
        (SELECT count(*) FROM paged AS p)
    INTO STRICT v_page.total, v_page.items, v_page.item_count;
    RETURN v_page;
END;
$$;
COMMENT ON FUNCTION autonomos.list_connection_drift(
    text, text, text, text, timestamptz, core.page_limit, core.page_offset) IS 'How a source differed from what it was.';
GRANT EXECUTE ON FUNCTION autonomos.list_connection_drift(
    text, text, text, text, timestamptz, core.page_limit, core.page_offset) TO member;
SELECT api.route(
    'GET /api/v1/aam/connections/{connection_id}/drift', 'autonomos.list_connection_drift', rate => 'read', tag => 'AAM',
    errors => '{404 not_found the tenant has no such connection,503 unavailable AAM models not configured}',
    returns => '{
            "id": "uuid", "connection_id": "uuid",
            "event_type": "field_added|field_removed|field_renamed|type_changed|table_added|table_removed",
            "old_schema": {"fields": ["string"], "relation": "string?", "types": "object?"},
            "new_schema": {"fields": ["string"], "relation": "string?", "types": "object?"},
            "confidence": "number", "status": "detected|auto_repaired|queued|repaired|rejected|ignored",
            "created_at": "string", "relation": "string", "field": "string?", "new_field": "string?",
            "schema_version": "integer", "resolved_at": "string?"
    }');
