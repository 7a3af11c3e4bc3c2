-- A difference between a source and what it was, as lists show it.
--
-- Role:    member
-- Returns: {id, connection_id, event_type, old_schema: {fields, …}, new_schema: {fields, …}, confidence, status,
--          created_at, relation, field, new_field, schema_version, resolved_at}
CREATE OR REPLACE FUNCTION autonomos.drift_document(drift data.drift_events)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_time CONSTANT text := 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"';
BEGIN
    RETURN json_build_object(
        'id', drift.drift_event_id,
        'connection_id', drift.connection_id,
        'event_type', drift.event_type,
        'old_schema', drift.old_schema,
        'new_schema', drift.new_schema,
        'confidence', trim_scale(drift.confidence),
        'status', drift.status,
        'created_at', to_char(drift.created_at AT TIME ZONE 'UTC', v_time),
        'relation', drift.relation,
        'field', drift.field,
        'new_field', drift.new_field,
        'schema_version', drift.version,
        'resolved_at', to_char(drift.resolved_at AT TIME ZONE 'UTC', v_time));
END;
$$;
COMMENT ON FUNCTION autonomos.drift_document(data.drift_events) IS
    'A difference between a source and what it was, as lists show it.';
GRANT EXECUTE ON FUNCTION autonomos.drift_document(data.drift_events) TO member;
