-- Whether the server may be sent requests: it has a catalog, and PostgreSQL has answered this.
--
-- Role:    anon
-- Returns: 200 {ready, status, timestamp}
CREATE OR REPLACE FUNCTION auterity.ready()
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN json_build_object('ready', true, 'status', 'ready', 'timestamp', core.rfc3339(now()));
END;
$$;
COMMENT ON FUNCTION auterity.ready() IS 'Whether the server may be sent requests.';
GRANT EXECUTE ON FUNCTION auterity.ready() TO anon;
SELECT api.route('GET /api/ready', 'auterity.ready', auth => 'none', timeout => '2 s',
    unavailable => '{"ready":false,"status":"unavailable","timestamp":${timestamp}}',
    returns => '{"ready": "boolean", "status": "string", "timestamp": "date-time"}');
