-- Requires: functions/autonomos/require_aam.sql
-- Requires: functions/autonomos/require_connection.sql
-- How far an outside extractor has come with a relation. Of one that it never sent, the cursor is null.
--
-- Role:    member
-- Returns: 200 {relation, cursor, key_field, records, updated_at}
-- Errors:  PT404 not_found  404  the tenant has no such connection
CREATE OR REPLACE FUNCTION autonomos.get_cursor(connection_id uuid, relation text)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_relation data.source_relations;
BEGIN
    PERFORM autonomos.require_aam();
    PERFORM autonomos.require_connection(get_cursor.connection_id);
    SELECT r.*
    INTO v_relation
    FROM data.source_relations AS r
    WHERE r.tenant_id = (SELECT auth.tenant_id()) AND r.connection_id = get_cursor.connection_id
        AND r.relation = get_cursor.relation;
    RETURN json_build_object(
        'relation', get_cursor.relation, 'cursor', v_relation.last_cursor, 'key_field', v_relation.key_field,
        'records', COALESCE(v_relation.row_count, 0), 'updated_at', core.rfc3339(v_relation.updated_at));
END;
$$;
COMMENT ON FUNCTION autonomos.get_cursor(uuid, text) IS 'How far an outside extractor has come with a relation.';
GRANT EXECUTE ON FUNCTION autonomos.get_cursor(uuid, text) TO member;
SELECT api.route(
    'GET /api/v1/aam/connections/{connection_id}/cursor', 'autonomos.get_cursor',
    rate => 'read', tag => 'AAM',
    returns => '{
        "relation": "string", "cursor": "string?", "key_field": "string?", "records": "integer", "updated_at": "string?"
    }',
    errors => '{404 not_found the tenant has no such connection,503 unavailable AAM models not configured}');
