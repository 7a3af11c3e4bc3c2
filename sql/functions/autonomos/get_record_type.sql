-- Requires: functions/autonomos/record_type_document.sql
-- One kind of record, with its fields.
--
-- Role:    member
-- Returns: 200 {record_type, title, fields, created_at, updated_at}
-- Errors:  PT404 not_found  404  the tenant has no such kind of record
CREATE OR REPLACE FUNCTION autonomos.get_record_type(record_type text)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_kind data.record_types;
BEGIN
    SELECT t.* INTO v_kind FROM data.record_types AS t WHERE t.record_type = get_record_type.record_type;
    IF NOT FOUND THEN
        PERFORM api.fail('not_found', 'Record type not found.', 404);
    END IF;
    RETURN autonomos.record_type_document(v_kind);
END;
$$;
COMMENT ON FUNCTION autonomos.get_record_type(text) IS 'One kind of record, with its fields.';
GRANT EXECUTE ON FUNCTION autonomos.get_record_type(text) TO member;
SELECT api.route('GET /api/v1/dcl/record-types/{record_type}', 'autonomos.get_record_type', rate => 'read', tag => 'DCL',
    errors => '{not_found}',
    returns => '{"record_type": "string", "title": "string",
                 "fields": [{"field": "string", "data_type": "text|numeric|boolean|date|timestamptz|json", "is_required": "boolean"}],
                 "created_at": "date-time", "updated_at": "date-time"}');
