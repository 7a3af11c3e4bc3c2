-- Requires: functions/autonomos/dialect.sql
-- Requires: functions/autonomos/drift_document.sql
-- Requires: functions/autonomos/require_aam.sql
-- What was found to be other than before in the last 24 hours, newest first, in one list and counted by source.
--
-- Role:    member
-- Returns: 200 {drift_events: [{id, connection_id, event_type, …}], by_source: [{connection_id, name, source_system, count,
--          event_types: {type: count}, statuses: {status: count}, last_event_at}], total}. The list ends after 1000; total
--          and by_source count all.
-- Errors:  PT503 unavailable  503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.list_drift_24h()
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_event_count_max CONSTANT int         := 1000;
    v_since           CONSTANT timestamptz := now() - interval '24 hours';
BEGIN
    PERFORM autonomos.require_aam();
    RETURN (
        WITH found AS MATERIALIZED (
            SELECT d.connection_id, d.event_type, d.status, count(*) AS event_count, max(d.created_at) AS last_at
            FROM data.drift_events AS d
            WHERE d.tenant_id = auth.tenant_id() AND d.created_at >= v_since
            GROUP BY d.connection_id, d.event_type, d.status
        ), types AS (
            SELECT t.connection_id, json_object_agg(t.event_type, t.event_count ORDER BY t.event_type) AS counts
            FROM (
                SELECT f.connection_id, f.event_type, sum(f.event_count) AS event_count FROM found AS f GROUP BY 1, 2
            ) AS t
            GROUP BY t.connection_id
        ), statuses AS (
            SELECT t.connection_id, json_object_agg(t.status, t.event_count ORDER BY t.status) AS counts
            FROM (
                SELECT f.connection_id, f.status, sum(f.event_count) AS event_count FROM found AS f GROUP BY 1, 2
            ) AS t
            GROUP BY t.connection_id
        ), sources AS (
            SELECT f.connection_id, sum(f.event_count) AS event_count, max(f.last_at) AS last_at
            FROM found AS f
            GROUP BY f.connection_id
        )
        SELECT json_build_object(
            'drift_events', (
                SELECT COALESCE(json_agg(autonomos.drift_document(l.drift) ORDER BY l.position), '[]')
                FROM (
                    SELECT d AS drift, row_number() OVER (ORDER BY d.created_at DESC, d.drift_event_id) AS position
                    FROM data.drift_events AS d
                    WHERE d.tenant_id = auth.tenant_id() AND d.created_at >= v_since
                    ORDER BY position
                    LIMIT v_event_count_max
                ) AS l),
            'by_source', (
                SELECT COALESCE(json_agg(
                    json_build_object(
                        'connection_id', s.connection_id, 'name', c.name, 'source_system', c.source_system,
                        'count', s.event_count, 'event_types', t.counts, 'statuses', u.counts,
                        'last_event_at', core.rfc3339(s.last_at))
                    ORDER BY s.event_count DESC, c.name, s.connection_id), '[]')
                FROM sources AS s
                JOIN types AS t USING (connection_id)
                JOIN statuses AS u USING (connection_id)
                JOIN data.connections AS c ON c.tenant_id = auth.tenant_id() AND c.connection_id = s.connection_id),
            'total', (SELECT COALESCE(sum(f.event_count), 0) FROM found AS f))
    );
END;
$$;
COMMENT ON FUNCTION autonomos.list_drift_24h() IS 'What was found to be other than before in the last 24 hours.';
GRANT EXECUTE ON FUNCTION autonomos.list_drift_24h() TO member;
SELECT api.route(
    'GET /api/v1/aam/intelligence/drift_events_24h', 'autonomos.list_drift_24h', rate => 'read', tag => 'AAM',
    errors => '{503 unavailable AAM models not configured}',
    returns => '{
        "drift_events": [{
            "id": "uuid", "connection_id": "uuid",
            "event_type": "field_added|field_removed|field_renamed|type_changed|table_added|table_removed",
            "old_schema": {"fields": ["string"], "relation": "string?", "types": "object?"},
            "new_schema": {"fields": ["string"], "relation": "string?", "types": "object?"},
            "confidence": "number", "status": "detected|auto_repaired|queued|repaired|rejected|ignored",
            "created_at": "string", "relation": "string", "field": "string?", "new_field": "string?",
            "schema_version": "integer", "resolved_at": "string?"
        }],
        "by_source": [{
            "connection_id": "uuid", "name": "string", "source_system": "string", "count": "integer",
            "event_types": "object", "statuses": "object", "last_event_at": "string"
        }],
        "total": "integer"
    }');
