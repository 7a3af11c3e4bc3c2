-- Requires: functions/autonomos/connection_id.sql
-- Requires: functions/autonomos/require_aam.sql
-- What has happened to connections, mappings, suggestions, drift, syncs, uploads and alerts of the calling tenant, newest
-- first: what is found among the last 10000 events of the tenant's log. To follow it, there is /api/v1/events/stream.
--
-- Role:    member
-- Takes:   connection_id: its id or slug. event_type: a type such as data.sync.finished, or a kind of drift such as
--          field_added. source_system: of the event or of its connection. since: at or after
-- Returns: 200 {events: [{id, event_type, connection_id, source_system, subject_kind, subject_id, created_at, data}],
--          total, limit, offset, has_more}
-- Errors:  PT404 not_found    404  the tenant has no such connection
--          PT503 unavailable  503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.aam_events(
    connection_id text DEFAULT NULL, event_type core.short_text DEFAULT NULL, source_system core.short_text DEFAULT NULL,
    since timestamptz DEFAULT NULL, "limit" core.page_limit DEFAULT 100, "offset" core.page_offset DEFAULT 0)
RETURNS api.page LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
#variable_conflict use_column
DECLARE
    v_event_count_max CONSTANT bigint := 10000;
    v_topics          CONSTANT text[] := ARRAY[
        'data.connection', 'data.mapping', 'data.mapping_field', 'data.suggestion', 'data.drift', 'data.sync',
        'data.upload', 'data.alert'];
    v_tenant_id CONSTANT uuid := auth.tenant_id();
    v_id   uuid;
    v_head bigint;
    v_page api.page;
BEGIN
    PERFORM autonomos.require_aam();
    IF aam_events.connection_id IS NOT NULL THEN
        v_id := autonomos.connection_id(aam_events.connection_id);
    END IF;
    SELECT h.position INTO v_head FROM core.event_heads AS h WHERE h.tenant_id = v_tenant_id;
    WITH found AS MATERIALIZED (
        SELECT
            l.position, l.type, l.connection_id, COALESCE(l.payload ->> 'source_system', c.source_system) AS source_system,
            l.subject_kind, l.subject_id, l.created_at, l.payload
        FROM (
            SELECT p.position, e.type, e.subject_kind, e.subject_id, e.created_at, e.payload, CASE
                WHEN p.topic = 'data.connection' THEN e.subject_id
                WHEN p.topic = 'data.mapping_field' THEN m.connection_id::text
                ELSE e.payload ->> 'connection_id' END AS connection_id
            FROM core.event_positions AS p
            JOIN core.events AS e ON e.xid = p.xid AND e.event_id = p.event_id AND e.created_at = p.created_at
            LEFT JOIN data.mappings AS m
                ON m.tenant_id = v_tenant_id AND p.topic = 'data.mapping_field'
                AND m.mapping_id::text = e.payload ->> 'mapping_id'
            WHERE p.tenant_id = v_tenant_id AND p.position > v_head - v_event_count_max
                AND p.topic = ANY (v_topics)
                AND (p.created_at >= aam_events.since OR aam_events.since IS NULL)
                AND (aam_events.event_type IS NULL OR p.type = aam_events.event_type
                    OR e.payload ->> 'event_type' = aam_events.event_type
                    OR e.payload -> 'event_types' ? aam_events.event_type::text)
        ) AS l
        LEFT JOIN data.connections AS c ON c.tenant_id = v_tenant_id AND c.connection_id::text = l.connection_id
        WHERE (l.connection_id = v_id::text OR v_id IS NULL)
            AND (aam_events.source_system IS NULL
                OR COALESCE(l.payload ->> 'source_system', c.source_system) = aam_events.source_system)
    ), shown AS (
        SELECT f.* FROM found AS f ORDER BY f.position DESC LIMIT aam_events."limit" OFFSET aam_events."offset"
    )
    SELECT (SELECT count(*) FROM found), count(*), COALESCE(json_agg(json_build_object(
        'id', core.event_id(s.position), 'event_type', s.type, 'connection_id', s.connection_id,
        'source_system', s.source_system, 'subject_kind', s.subject_kind, 'subject_id', s.subject_id,
        'created_at', core.rfc3339(s.created_at), 'data', s.payload) ORDER BY s.position DESC), '[]')
    INTO v_page.total, v_page.item_count, v_page.items
    FROM shown AS s;
    RETURN v_page;
END;
$$;
COMMENT ON FUNCTION autonomos.aam_events(text, core.short_text, core.short_text, timestamptz, core.page_limit, core.page_offset)
    IS 'What has happened to connections, mappings, drift, syncs and alerts.';
GRANT EXECUTE ON FUNCTION autonomos.aam_events(text, core.short_text, core.short_text, timestamptz, core.page_limit, core.page_offset)
    TO member;
SELECT api.route('GET /api/v1/aam/events', 'autonomos.aam_events',
    rate => 'read', tag => 'AAM',
    page => '{"events":${items},"total":${total},"limit":${limit},"offset":${offset},"has_more":${has_next}}',
    errors => '{404 not_found the tenant has no such connection,503 unavailable AAM models not configured}',
    returns => '{
        "id": "string", "event_type": "string", "connection_id": "string?", "source_system": "string?",
        "subject_kind": "string?", "subject_id": "string?", "created_at": "date-time", "data": "object"}');
