-- Whether the system answers, part by part.
--
-- Role:    anon
-- Returns: 200 {status, version, timestamp, uptime_seconds, dependencies: {database, catalog, pool, reactors}}
CREATE OR REPLACE FUNCTION auterity.health_detailed(server_state json)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_state  CONSTANT json    := health_detailed.server_state;
    v_is_old CONSTANT boolean := v_state #>> '{catalog,fault}' IS NOT NULL;
BEGIN
    RETURN json_build_object(
        'status', CASE WHEN v_is_old THEN 'degraded' ELSE 'healthy' END,
        'version', v_state ->> 'version',
        'timestamp', core.rfc3339(now()),
        'uptime_seconds', floor(extract(epoch FROM now() - (v_state ->> 'started_at')::timestamptz))::bigint,
        'dependencies', json_build_object(
            'database', json_build_object(
                'status', 'healthy',
                'server_version', current_setting('server_version'),
                'is_replica', pg_is_in_recovery(),
                'uptime_seconds', floor(extract(epoch FROM now() - pg_postmaster_start_time()))::bigint),
            'catalog', json_build_object(
                'status', CASE WHEN v_is_old THEN 'degraded' ELSE 'healthy' END,
                'generation', v_state #> '{catalog,generation}',
                'loaded_at', v_state #> '{catalog,loaded_at}'),
            'events', v_state -> 'events',
            'pool', v_state -> 'pool',
            'reactors', v_state -> 'reactors'));
END;
$$;
COMMENT ON FUNCTION auterity.health_detailed(json) IS 'Whether the system answers, part by part.';
GRANT EXECUTE ON FUNCTION auterity.health_detailed(json) TO anon;
SELECT api.route('GET /api/health/detailed', 'auterity.health_detailed', auth => 'none', timeout => '2 s',
    sources => '{"server_state": "server:state"}',
    unavailable => '{"status":"unhealthy","timestamp":${timestamp},"dependencies":{"database":{"status":"unhealthy"}}}',
    returns => '{"status": "string", "version": "string", "timestamp": "date-time", "uptime_seconds": "integer",
                 "dependencies": {
                    "database": {"status": "string", "server_version": "string", "is_replica": "boolean", "uptime_seconds": "integer"},
                    "catalog": {"status": "string", "generation": "integer", "loaded_at": "date-time"},
                    "events": {"listening": "boolean", "sequencer": "boolean"},
                    "pool": "object", "reactors": "integer"}}');
