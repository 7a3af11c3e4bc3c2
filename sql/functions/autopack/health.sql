-- Whether the system answers, which database it stands on, and how its kill switches stand. A catalog that could not
-- be reloaded, or a database that only reads, is degraded and still 200; without a database the server answers 503.
--
-- Role:    anon
-- Returns: 200 {status, database_identity, database, kill_switches, version}
CREATE OR REPLACE FUNCTION autopack.health(server_state json)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_hash_letters CONSTANT integer := 16;
    v_host         CONSTANT text := COALESCE(host(inet_server_addr()), 'localhost');
    v_identity     CONSTANT text := format(
        'postgresql://%s:%s/%s', v_host, current_setting('port'), current_database());
    v_body jsonb;
BEGIN
    v_body := jsonb_build_object(
        'status', CASE
            WHEN health.server_state #>> '{catalog,fault}' IS NOT NULL OR pg_is_in_recovery() THEN 'degraded'
            ELSE 'healthy'
        END,
        'database_identity', left(encode(sha256(convert_to(v_identity, 'UTF8')), 'hex'), v_hash_letters),
        'database', 'connected',
        'kill_switches', core.kill_switches(),
        'version', health.server_state ->> 'version');
    IF core.is_enabled('autopack.debug_db_identity') THEN
        v_body := v_body || jsonb_build_object('database_identity_debug', jsonb_build_object(
            'host', v_host, 'port', current_setting('port'), 'database', current_database(),
            'server_version', current_setting('server_version')));
    END IF;
    RETURN v_body;
END;
$$;
COMMENT ON FUNCTION autopack.health(json) IS 'Whether the system answers, on which database, with which kill switches.';
GRANT EXECUTE ON FUNCTION autopack.health(json) TO anon;
SELECT api.route('GET /health', 'autopack.health', auth => 'none', timeout => '2 s',
    sources => '{"server_state": "server:state"}',
    unavailable => '{"status":"unhealthy","database":"disconnected"}',
    returns => '{"status": "string", "database_identity": "string", "database": "string", "kill_switches": "object",
                 "version": "string", "database_identity_debug?": "object"}');
