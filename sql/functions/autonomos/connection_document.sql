-- Requires: functions/autonomos/connector_fields.sql
-- A connection with all that may be shown of it: never a secret.
--
-- Role:    member
-- Returns: the fields of a connector and {slug, source_system, configuration, health, health_checked_at, last_error,
--          schema_version, created_at, updated_at}
CREATE OR REPLACE FUNCTION autonomos.connection_document(connection data.connections)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_fields CONSTANT text := autonomos.connector_fields(connection)::text;
BEGIN
    -- As text: jsonb would sort the members.
    RETURN (rtrim(v_fields, '}') || ', ' || ltrim(json_build_object(
        'slug', connection.slug,
        'source_system', connection.source_system,
        'configuration', connection.configuration,
        'health', connection.health,
        'health_checked_at', core.rfc3339(connection.health_checked_at),
        'last_error', connection.last_error,
        'schema_version', (
            SELECT s.version
            FROM data.schema_snapshots AS s
            WHERE s.tenant_id = connection.tenant_id AND s.connection_id = connection.connection_id
            ORDER BY s.version DESC
            LIMIT 1
        ),
        'created_at', core.rfc3339(connection.created_at),
        'updated_at', core.rfc3339(connection.updated_at))::text, '{'))::json;
END;
$$;
COMMENT ON FUNCTION autonomos.connection_document(data.connections) IS 'A connection with all that may be shown of it.';
GRANT EXECUTE ON FUNCTION autonomos.connection_document(data.connections) TO member;
