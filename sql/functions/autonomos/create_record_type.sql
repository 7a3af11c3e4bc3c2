-- Requires: functions/autonomos/record_type_document.sql
-- Requires: functions/data/create_record_type.sql
-- Declares a kind of record of the calling tenant.
--
-- Role:    member
-- Returns: 201 {record_type, title, fields, created_at, updated_at}
-- Errors:  PT400 invalid            400  the name, title or a field is malformed
--          PT403 forbidden          403  the permission connections.write is missing
--          23505 record_types_pkey  409  there is a kind of this name
CREATE OR REPLACE FUNCTION autonomos.create_record_type(record_type text, fields jsonb, title text DEFAULT NULL)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN autonomos.record_type_document(
        data.create_record_type(create_record_type.record_type, create_record_type.fields, create_record_type.title));
END;
$$;
COMMENT ON FUNCTION autonomos.create_record_type(text, jsonb, text) IS 'Declares a kind of record of the calling tenant.';
GRANT EXECUTE ON FUNCTION autonomos.create_record_type(text, jsonb, text) TO member;
SELECT api.route('POST /api/v1/dcl/record-types', 'autonomos.create_record_type', rate => 'write', status => 201,
    tag => 'DCL', errors => '{invalid,forbidden,"409 record_types_pkey This kind of record is already declared"}',
    returns => '{"record_type": "string", "title": "string",
                 "fields": [{"field": "string", "data_type": "text|numeric|boolean|date|timestamptz|json", "is_required": "boolean"}],
                 "created_at": "date-time", "updated_at": "date-time"}');
