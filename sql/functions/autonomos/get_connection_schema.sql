-- Requires: functions/autonomos/connection_id.sql
-- Requires: functions/autonomos/dialect.sql
-- Requires: functions/autonomos/require_aam.sql
-- What a source looked like, when last looked at or in an earlier version: relations with their columns, types, keys,
-- estimated rows and some values. relation: of that one alone.
--
-- Role:    member
-- Returns: 200 {connection_id, version, created_at, last_seen_at, relations: [{relation, estimated_rows,
--          sampled_rows, key_columns, key_candidates, columns: [{column, type, is_nullable, position, null_values,
--          sample}]}]}. null_values: words that stand for no value. sampled_rows: its columns were told from so many
--          rows of more; NULL: from all, or from the source's catalog
-- Errors:  PT404 not_found    404  the tenant has no such connection, it was never discovered, or has no such version
--          PT503 unavailable  503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.get_connection_schema(
    connection_id text, version integer DEFAULT NULL, relation text DEFAULT NULL)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_id       uuid;
    v_snapshot data.schema_snapshots;
BEGIN
    PERFORM autonomos.require_aam();
    v_id := autonomos.connection_id(get_connection_schema.connection_id);
    SELECT s.* INTO v_snapshot
    FROM data.schema_snapshots AS s
    WHERE s.tenant_id = auth.tenant_id() AND s.connection_id = v_id
        AND (get_connection_schema.version IS NULL OR s.version = get_connection_schema.version)
    ORDER BY s.version DESC
    LIMIT 1;
    IF NOT FOUND THEN
        PERFORM api.fail('not_found', CASE WHEN get_connection_schema.version IS NULL
            THEN 'This connection was not discovered yet.' ELSE 'Schema version not found.' END, 404);
    END IF;
    RETURN json_build_object(
        'connection_id', v_snapshot.connection_id,
        'version', v_snapshot.version,
        'created_at', core.rfc3339(v_snapshot.created_at),
        'last_seen_at', core.rfc3339(v_snapshot.last_seen_at),
        'relations', (
            SELECT COALESCE(json_agg(json_build_object(
                'relation', r.entry -> 'relation',
                'estimated_rows', r.entry -> 'estimated_rows',
                'sampled_rows', r.entry -> 'sampled_rows',
                'key_columns', r.entry -> 'key_columns',
                'key_candidates', COALESCE(r.entry -> 'key_candidates', r.entry -> 'key_columns'),
                'columns', (
                    SELECT COALESCE(json_agg(json_build_object(
                        'column', c.entry -> 'column',
                        'type', c.entry -> 'type',
                        'is_nullable', c.entry -> 'is_nullable',
                        'position', c.entry -> 'position',
                        'null_values', COALESCE(c.entry -> 'null_values', '[]'),
                        'sample', COALESCE(c.entry -> 'sample', '[]')) ORDER BY c.position), '[]')
                    FROM jsonb_array_elements(r.entry -> 'columns') WITH ORDINALITY AS c (entry, position)
                )) ORDER BY r.position), '[]')
            FROM jsonb_array_elements(v_snapshot.relations) WITH ORDINALITY AS r (entry, position)
            WHERE get_connection_schema.relation IS NULL OR r.entry ->> 'relation' = get_connection_schema.relation
        ));
END;
$$;
COMMENT ON FUNCTION autonomos.get_connection_schema(text, integer, text) IS 'What a source looked like.';
GRANT EXECUTE ON FUNCTION autonomos.get_connection_schema(text, integer, text) TO member;
SELECT api.route(
    'GET /api/v1/aam/connections/{connection_id}/schema', 'autonomos.get_connection_schema', rate => 'read',
    tag => 'AAM',
    errors => '{404 not_found the connection or the version of its schema is not there,503 unavailable AAM models not configured}',
    returns => '{
        "connection_id": "uuid", "version": "integer", "created_at": "string", "last_seen_at": "string",
        "relations": [{
            "relation": "string", "estimated_rows": "integer?", "sampled_rows": "integer?", "key_columns": ["string"],
            "key_candidates": ["string"],
            "columns": [{
                "column": "string", "type": "string", "is_nullable": "boolean", "position": "integer",
                "null_values": ["string"], "sample": ["string"]
            }]
        }]
    }');
