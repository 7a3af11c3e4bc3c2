-- Records of one of the calling tenant's own kinds, in the order of their connection and key.
--
-- A deep page is found by the cursor that the one before gave (meta.next_cursor), as quickly as the first; an offset has
-- to pass over what lies before it.
--
-- Role:    member
-- Returns: 200 {success, data: [...], meta: {total, limit, offset, count, next_cursor}}; next_cursor is null at the end
-- Errors:  PT400 invalid    400  the cursor is not one that was given
--          PT404 not_found  404  the tenant has no such kind of record
CREATE OR REPLACE FUNCTION autonomos.list_records(
    record_type text, "limit" core.page_limit DEFAULT 100, "offset" core.page_offset DEFAULT 0, cursor text DEFAULT NULL)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_key_pattern CONSTANT text := '^[0-9a-f]{32}:';
    v_position text;
    v_after_id uuid;
    v_after    text;
    v_total    bigint;
    v_count    int;
    v_items    json;
    v_next     text;
BEGIN
    IF NOT EXISTS (SELECT FROM data.record_types AS t WHERE t.record_type = list_records.record_type) THEN
        PERFORM api.fail('not_found', 'Record type not found.', 404);
    END IF;
    IF list_records.cursor IS NOT NULL THEN
        BEGIN
            v_position := convert_from(decode(
                rpad(translate(list_records.cursor, '-_', '+/'), (char_length(list_records.cursor) + 3) / 4 * 4, '='),
                'base64'), 'UTF8');
        EXCEPTION WHEN data_exception THEN
            v_position := NULL;
        END;
        IF (v_position ~ v_key_pattern) IS NOT TRUE THEN
            PERFORM api.invalid(('cursor', 'invalid_value', 'The cursor is not one that a list gave.')::api.fault);
        END IF;
        v_after_id := left(v_position, 32)::uuid;
        v_after := substr(v_position, 34);
    END IF;
    SELECT count(*) INTO v_total FROM data.records AS r WHERE r.record_type = list_records.record_type;
    SELECT
        COALESCE(json_agg(json_build_object(
            'record_id', r.record_id, 'record_type', r.record_type, 'fields', r.fields, 'source_system', r.source_system,
            'source_connection_id', r.source_connection_id, 'source_key', r.source_key,
            'source_removed_at', core.rfc3339(r.source_removed_at), 'created_at', core.rfc3339(r.created_at),
            'updated_at', core.rfc3339(r.updated_at), 'synced_at', core.rfc3339(r.synced_at)
        ) ORDER BY r.position) FILTER (WHERE r.position <= list_records."limit"), '[]'),
        count(*) FILTER (WHERE r.position <= list_records."limit"),
        max(replace(r.source_connection_id::text, '-', '') || ':' || r.source_key)
            FILTER (WHERE r.position = list_records."limit" AND r.found > list_records."limit")
    INTO v_items, v_count, v_next
    FROM (
        SELECT f.*, row_number() OVER (ORDER BY f.source_connection_id, f.source_key) AS position, count(*) OVER () AS found
        FROM (
            SELECT t.*
            FROM data.records AS t
            WHERE t.record_type = list_records.record_type
                AND (v_after_id IS NULL OR (t.source_connection_id, t.source_key) > (v_after_id, v_after))
            ORDER BY t.source_connection_id, t.source_key
            LIMIT list_records."limit" + 1 OFFSET list_records."offset"
        ) AS f
    ) AS r;
    RETURN json_build_object(
        'success', true, 'data', v_items,
        'meta', json_build_object(
            'total', v_total, 'limit', list_records."limit", 'offset', list_records."offset", 'count', v_count,
            'next_cursor', rtrim(translate(encode(convert_to(v_next, 'UTF8'), 'base64'), E'+/\n', '-_'), '=')));
END;
$$;
COMMENT ON FUNCTION autonomos.list_records(text, core.page_limit, core.page_offset, text) IS
    'Records of one of the calling tenant''s own kinds.';
GRANT EXECUTE ON FUNCTION autonomos.list_records(text, core.page_limit, core.page_offset, text) TO member;
SELECT api.route('GET /api/v1/dcl/records/{record_type}', 'autonomos.list_records', rate => 'read', tag => 'DCL',
    errors => '{invalid,not_found}',
    returns => '{"success": "boolean", "data": [{
        "record_id": "string", "record_type": "string", "fields": "object", "source_system": "string",
        "source_connection_id": "uuid", "source_key": "string", "source_removed_at": "date-time?",
        "created_at": "date-time", "updated_at": "date-time", "synced_at": "date-time?"}],
        "meta": {"total": "integer", "limit": "integer", "offset": "integer", "count": "integer", "next_cursor": "string?"}}');
