-- Whether the system answers.
--
-- Role:    anon
-- Returns: 200 {status, version, timestamp, uptime_seconds}
CREATE OR REPLACE FUNCTION auterity.health(server_state json)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN json_build_object(
        'status', CASE WHEN health.server_state #>> '{catalog,fault}' IS NULL THEN 'healthy' ELSE 'degraded' END,
        'version', health.server_state ->> 'version',
        'timestamp', core.rfc3339(now()),
        'uptime_seconds', floor(extract(epoch FROM now() - (health.server_state ->> 'started_at')::timestamptz))::bigint);
END;
$$;
COMMENT ON FUNCTION auterity.health(json) IS 'Whether the system answers.';
GRANT EXECUTE ON FUNCTION auterity.health(json) TO anon;
SELECT api.route('GET /api/health', 'auterity.health', auth => 'none', timeout => '2 s',
    sources => '{"server_state": "server:state"}',
    unavailable => '{"status":"unhealthy","timestamp":${timestamp}}',
    returns => '{"status": "string", "version": "string", "timestamp": "date-time", "uptime_seconds": "integer"}');
