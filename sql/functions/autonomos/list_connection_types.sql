-- Requires: functions/autonomos/dialect.sql
-- Requires: functions/autonomos/require_aam.sql
-- The kinds of source that can be connected, with what the configuration of each may hold and which secrets it takes.
--
-- Role:    member
-- Returns: 200 {connection_types: [{source_type, title, capabilities, configuration_schema, secrets_schema}], total}
-- Errors:  PT503 unavailable  503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.list_connection_types()
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    PERFORM autonomos.require_aam();
    RETURN (
        SELECT json_build_object(
            'connection_types', json_agg(json_build_object(
                'source_type', t.connection_type,
                'title', t.title,
                'capabilities', to_json(t.capabilities),
                'configuration_schema', t.configuration_schema,
                'secrets_schema', t.secrets_schema) ORDER BY t.connection_type),
            'total', count(*))
        FROM data.connection_types AS t
    );
END;
$$;
COMMENT ON FUNCTION autonomos.list_connection_types() IS 'The kinds of source that can be connected.';
GRANT EXECUTE ON FUNCTION autonomos.list_connection_types() TO member;
SELECT api.route(
    'GET /api/v1/aam/connection-types', 'autonomos.list_connection_types', rate => 'read', tag => 'AAM',
    errors => '{503 unavailable AAM models not configured}',
    returns => '{
        "connection_types": [{
            "source_type": "string", "title": "string", "capabilities": ["string"], "configuration_schema": "object",
            "secrets_schema": "object"
        }],
        "total": "integer"
    }');
