-- Requires: functions/autonomos/connection_id.sql
-- Requires: functions/autonomos/dialect.sql
-- Requires: functions/autonomos/require_aam.sql
-- Requires: functions/data/enqueue_discovery.sql
-- Has a job look at what a source has. GET /api/v1/aam/discovery/jobs/{job_id} tells what became of it.
--
-- Role:    member
-- Returns: 202 {job_id, status, connector_id}: connector_id as the path has it
-- Errors:  PT403 forbidden          403  the permission connections.write is missing
--          PT404 not_found          404  the tenant has no such connection
--          PT409 connection_paused  409  the connection is paused
--          PT503 unavailable        503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.discover(connector_id text)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_discovery_id uuid;
BEGIN
    PERFORM autonomos.require_aam();
    v_discovery_id := data.enqueue_discovery(autonomos.connection_id(discover.connector_id));
    RETURN json_build_object(
        'job_id', 'job-' || v_discovery_id, 'status', 'queued', 'connector_id', discover.connector_id);
END;
$$;
COMMENT ON FUNCTION autonomos.discover(text) IS 'Has a job look at what a source has.';
GRANT EXECUTE ON FUNCTION autonomos.discover(text) TO member;
SELECT api.route(
    'POST /api/v1/aam/connectors/{connector_id}/discover', 'autonomos.discover', permission => 'connections.write',
    rate => 'write', status => 202, tag => 'AAM',
    errors => '{404 not_found the tenant has no such connection,409 connection_paused the connection is paused,503 unavailable AAM models not configured}',
    returns => '{"job_id": "string", "status": "string", "connector_id": "string"}');
