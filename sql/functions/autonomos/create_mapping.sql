-- Requires: functions/autonomos/mapping_document.sql
-- Requires: functions/autonomos/require_aam.sql
-- Requires: functions/data/create_mapping.sql
-- Says how one relation of a source becomes one canonical entity, or, as entity record, a kind of record of the
-- tenant's own.
--
-- Role:    member
-- Takes:   fields: [{canonical_field, vendor_field, data_type?, coercion?, confidence?}]
-- Returns: 201, the mapping
-- Errors:  PT400 invalid              400  a relation, column, field or coercion is not known; each is named
--          PT403 forbidden            403  the permission connections.write is missing
--          PT404 not_found            404  the tenant has no such connection
--          PT409 connection_busy      409  another change of this connection is under way
--          PT409 disconnected         409  the connection was disconnected
--          PT422 address_not_allowed  422  the host is not one that this server may reach
--          PT502 source_unreachable   502  the source does not answer
--          PT502 source_refused       502  the source refuses our credentials
--          PT502 source_failed        502  the source answers with an error
--          PT503 unavailable          503  AAM models not configured
--          23505 mappings_entity_key  409  the connection already feeds this entity
--          23514 mappings_on_removal_check  400  removals can be noticed only without a cursor
CREATE OR REPLACE FUNCTION autonomos.create_mapping(
    connection_id uuid, entity text, source_relation text, fields jsonb, key_column text DEFAULT NULL,
    cursor_column text DEFAULT NULL, keeps_extras boolean DEFAULT true, on_removal text DEFAULT 'keep',
    record_type text DEFAULT NULL)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_mapping_id uuid;
BEGIN
    PERFORM autonomos.require_aam();
    v_mapping_id := data.create_mapping(
        create_mapping.connection_id, create_mapping.entity, create_mapping.source_relation, create_mapping.key_column,
        create_mapping.fields, create_mapping.cursor_column, create_mapping.keeps_extras, create_mapping.on_removal,
        create_mapping.record_type);
    RETURN (SELECT autonomos.mapping_document(m) FROM data.mappings AS m WHERE m.mapping_id = v_mapping_id);
END;
$$;
COMMENT ON FUNCTION autonomos.create_mapping(uuid, text, text, jsonb, text, text, boolean, text, text) IS
    'Says how one relation of a source becomes one entity.';
GRANT EXECUTE ON FUNCTION autonomos.create_mapping(uuid, text, text, jsonb, text, text, boolean, text, text) TO member;
SELECT api.route(
    'POST /api/v1/aam/connections/{connection_id}/mappings', 'autonomos.create_mapping', rate => 'write', pool => 'slow',
    status => 201, tag => 'AAM', returns => '{
        "id": "uuid", "connection_id": "uuid", "entity": "string", "record_type": "string?", "source_relation": "string",
        "key_column": "string?", "cursor_column": "string?", "keeps_extras": "boolean",
        "on_removal": "keep|mark|delete", "status": "active|paused",
        "fields": [{"canonical_field": "string", "vendor_field": "string", "coercion": "any", "confidence": "number"}],
        "created_at": "date-time", "updated_at": "date-time"}',
    errors => '{invalid,forbidden,not_found,mappings_entity_key,bad_gateway,unavailable}');
