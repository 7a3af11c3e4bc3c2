-- A kind of record as /api/v1/dcl shows it.
--
-- Role:    member
CREATE OR REPLACE FUNCTION autonomos.record_type_document(record_type data.record_types)
RETURNS json LANGUAGE sql
STABLE PARALLEL SAFE SECURITY INVOKER
RETURN json_build_object(
    'record_type', (record_type).record_type, 'title', (record_type).title, 'fields', (record_type).fields,
    'created_at', core.rfc3339((record_type).created_at), 'updated_at', core.rfc3339((record_type).updated_at));
COMMENT ON FUNCTION autonomos.record_type_document(data.record_types) IS 'A kind of record as /api/v1/dcl shows it.';
GRANT EXECUTE ON FUNCTION autonomos.record_type_document(data.record_types) TO member;
