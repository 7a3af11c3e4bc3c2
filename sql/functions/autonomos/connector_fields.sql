-- What lists show of a connection: the fields of a connector, from the rows of its mappings, drift and syncs.
--
-- Role:    member
-- Returns: {id, name, source_type, status, last_discovery_at, mapping_count, last_event_type, last_event_at, has_drift,
--          last_sync_status, last_sync_records, last_sync_bytes, last_sync_at}. has_drift: some drift is neither repaired
--          nor set aside.
CREATE OR REPLACE FUNCTION autonomos.connector_fields(connection data.connections)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_last_event_at timestamptz;
BEGIN
    SELECT d.created_at INTO v_last_event_at
    FROM data.drift_events AS d
    WHERE d.tenant_id = connection.tenant_id AND d.connection_id = connection.connection_id
    ORDER BY d.created_at DESC
    LIMIT 1;
    RETURN json_build_object(
        'id', connection.connection_id,
        'name', connection.name,
        'source_type', connection.connection_type,
        'status', connection.status,
        'last_discovery_at', core.rfc3339(connection.last_discovery_at),
        'mapping_count', (
            SELECT count(*)
            FROM data.mappings AS m
            JOIN data.mapping_fields AS f ON f.tenant_id = m.tenant_id AND f.mapping_id = m.mapping_id
            WHERE m.tenant_id = connection.tenant_id AND m.connection_id = connection.connection_id
        ),
        'last_event_type', CASE WHEN v_last_event_at IS NOT NULL THEN 'DRIFT_DETECTED' END,
        'last_event_at', core.rfc3339(v_last_event_at),
        'has_drift', v_last_event_at IS NOT NULL AND EXISTS (
            SELECT
            FROM data.drift_events AS d
            WHERE d.tenant_id = connection.tenant_id AND d.connection_id = connection.connection_id
                AND d.status IN ('detected', 'queued')
        ),
        'last_sync_status', connection.last_sync_status,
        'last_sync_records', connection.last_sync_records,
        'last_sync_bytes', connection.last_sync_bytes,
        'last_sync_at', core.rfc3339(connection.last_sync_at));
END;
$$;
COMMENT ON FUNCTION autonomos.connector_fields(data.connections) IS 'What lists show of a connection.';
GRANT EXECUTE ON FUNCTION autonomos.connector_fields(data.connections) TO member;
