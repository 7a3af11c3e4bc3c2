RESET ROLE;
CREATE FUNCTION test.state(fault text)
RETURNS json LANGUAGE sql AS $$
    SELECT json_build_object(
        'version', '1.2.3', 'started_at', now() - interval '90 s', 'reactors', 2,
        'pool', json_build_object('connections', 4),
        'catalog', json_build_object('generation', 7, 'loaded_at', now(), 'fault', fault))
$$;
SELECT test.become_anon();
SELECT test.equals('members', ARRAY(SELECT json_object_keys(autopack.health(test.state(NULL))) AS k ORDER BY k), '{database,database_identity,kill_switches,status,version}');
SELECT test.equals('healthy', autopack.health(test.state(NULL)) ->> 'status', 'healthy'),
       test.equals('degraded', autopack.health(test.state('a route is broken')) ->> 'status', 'degraded'),
       test.is_true('identity', autopack.health(test.state(NULL)) ->> 'database_identity' ~ '^[0-9a-f]{16}$');
SELECT set_config('pgserver.settings', '{"autopack.debug_db_identity": "1"}', true);
SELECT test.equals('the database in debug', autopack.health(test.state(NULL)) #>> '{database_identity_debug,database}', current_database());

SELECT test.equals('health', auterity.health(test.state(NULL))::jsonb - 'timestamp', '{"status": "healthy", "version": "1.2.3", "uptime_seconds": 90}'::jsonb),
       test.equals('degraded', auterity.health(test.state('a route is broken')) ->> 'status', 'degraded'),
       test.equals('catalog', auterity.health_detailed(test.state(NULL)) #>> '{dependencies,catalog,generation}', '7'),
       test.equals('database', auterity.health_detailed(test.state(NULL)) #>> '{dependencies,database,status}', 'healthy'),
       test.equals('pool', auterity.health_detailed(test.state(NULL)) #>> '{dependencies,pool,connections}', '4'),
       test.equals('ready', auterity.ready() ->> 'ready', 'true');
