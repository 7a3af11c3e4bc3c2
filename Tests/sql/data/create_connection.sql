-- Connections of every kind: what they may hold is said by their type, secrets are kept and never shown, each fault is named.
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT test.raises(
    format('SELECT data.create_connection(%L, %L, %L, %L)', c.name, c.type, c.configuration, c.secrets), 'PT400', c.fault)
FROM (VALUES
    ('—',  'filesource', '{}',                                                             '{}',                    '"field" : "name"'),
    (NULL, 'filesource', '{}',                                                             '{}',                    '"field" : "name"'),
    ('A',  'oracle',     '{}',                                                             '{}',                    'Use one of filesource, hubspot, mongodb, postgres, push, salesforce, supabase.'),
    ('A',  'filesource', '[]',                                                             '{}',                    '"field" : "configuration", "code" : "invalid_type"'),
    ('A',  'filesource', '{"path": "/etc"}',                                               '{}',                    '"field" : "configuration.path", "code" : "unknown_field"'),
    ('A',  'filesource', '{"source_system": "A b"}',                                       '{}',                    '"field" : "configuration.source_system"'),
    ('A',  'filesource', '{}',                                                             '{"password": "x"}',     '"field" : "secrets.password", "code" : "unknown_field"'),
    ('A',  'push',       '{"instance": 7}',                                                '{}',                    '"field" : "configuration.instance", "code" : "invalid_type"'),
    ('A',  'supabase',   '{"host": "8.8.8.8", "database": "d", "user": null}',             '{"password": "x"}',     '"field" : "configuration.user", "code" : "required"'),
    ('A',  'supabase',   '{"host": "8.8.8.8", "database": "d", "user": "u"}',              '{}',                    '"field" : "secrets.password", "code" : "required"'),
    ('A',  'supabase',   '{"host": "8.8.8.8", "database": "d", "user": "u", "port": 1.5}', '{"password": "x"}',     '"field" : "configuration.port", "code" : "invalid_type"'),
    ('A',  'supabase',   '{"host": "8.8.8.8", "database": "d", "user": "u", "port": 0}',   '{"password": "x"}',     'This must be a number from 1 to 65535.'),
    ('A',  'supabase',   '{"host": "8.8.8.8", "database": "d", "user": "u"}',              '{"password": ["x"]}',   '"field" : "secrets.password", "code" : "invalid_type"')
) AS c (name, type, configuration, secrets, fault);
SELECT test.raises($$SELECT data.create_connection('A', 'postgres', '{"host": "10.0.0.1", "database": "d", "user": "u"}', '{"password": "x"}')$$, 'PT422', 'address_not_allowed');
-- All that is wrong is told at once.
SELECT test.raises($$SELECT data.create_connection('', 'postgres', '{"x": 1, "port": "x"}', '{}')$$, 'PT400', f.field)
FROM (VALUES ('"name"'), ('configuration.x'), ('configuration.port'), ('configuration.host'), ('secrets.password')) AS f (field);

SELECT set_config('test.files', data.create_connection('Flights 2013', 'filesource')::text, true),
    set_config('test.base', data.create_connection('Base', 'supabase', '{"host": "8.8.8.8", "database": "d", "user": "u"}', '{"password": "s3cret-A"}')::text, true)
\g /dev/null
SELECT test.equals('of files', array[c.slug, c.status, c.health, c.source_system, c.configuration::text],
    array['flights-2013', 'PENDING', 'unknown', 'filesource', '{"source_system": "filesource"}'])
FROM data.connections AS c WHERE c.connection_id = current_setting('test.files')::uuid;
SELECT test.equals('of a database', c.configuration,
    '{"host": "8.8.8.8", "port": 5432, "user": "u", "schema": "public", "sslmode": "require", "database": "d", "source_system": "supabase"}')
FROM data.connections AS c WHERE c.connection_id = current_setting('test.base')::uuid;
SELECT test.raises($$SELECT data.create_connection('FLIGHTS  2013!', 'filesource')$$, 'PT409', 'connections_slug_key');

-- A change keeps what it does not name; what leads elsewhere is to be tested anew.
RESET ROLE;
UPDATE data.connections AS c SET status = 'ACTIVE', health = 'healthy' WHERE c.tenant_id = test.tenant(1);
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT data.change_connection(current_setting('test.base')::uuid, name => 'Base of ours');
SELECT test.equals('a new name alone', array[c.name, c.slug, c.status], array['Base of ours', 'base', 'ACTIVE'])
FROM data.connections AS c WHERE c.connection_id = current_setting('test.base')::uuid;
SELECT data.change_connection(current_setting('test.base')::uuid, configuration => '{"host": "1.1.1.1", "port": null, "schema": "crm"}', secrets => '{"password": "s3cret-B"}');
SELECT test.equals('a new host', array[c.status, c.health, c.configuration ->> 'host', c.configuration ->> 'port', c.configuration ->> 'schema', c.configuration ->> 'user'],
    array['PENDING', 'unknown', '1.1.1.1', '5432', 'crm', 'u'])
FROM data.connections AS c WHERE c.connection_id = current_setting('test.base')::uuid;
SELECT test.raises(format('SELECT data.change_connection(%L, configuration => %L, secrets => %L)', current_setting('test.base'), c.configuration, c.secrets), c.state, c.fault)
FROM (VALUES
    ('{"host": null}',       '{}',               'PT400', 'configuration.host'),
    ('{"host": "10.0.0.1"}', '{}',               'PT422', 'address_not_allowed'),
    ('{"x": 1}',             '{}',               'PT400', 'configuration.x'),
    ('7',                    '{}',               'PT400', '"configuration"'),
    ('{}',                   '[]',               'PT400', '"secrets"'),
    ('{}',                   '{"password": ""}', 'PT400', 'secrets.password')
) AS c (configuration, secrets, state, fault);
RESET ROLE;
SELECT test.equals('the server leads there', s.srvoptions @> '{host=1.1.1.1,dbname=d,port=5432}', true),
    test.equals('with the new password', m.umoptions @> '{user=u,password=s3cret-B}', true)
FROM pg_foreign_server AS s JOIN pg_user_mapping AS m ON m.umserver = s.oid
WHERE s.srvname = 'source_' || replace(current_setting('test.base'), '-', '');
SELECT test.equals('no secret in audit or events', count(*), 0)
FROM (
    SELECT a.before::text || a.after::text AS entry FROM core.audit_log AS a
    UNION ALL SELECT e.payload::text FROM core.events AS e
) AS t
WHERE t.entry LIKE '%s3cret%';
SELECT test.become_member(1, permissions => '{connections.write}');

-- Paused, it keeps still; resumed, it is what it was.
SELECT test.equals('paused', data.pause_connection(current_setting('test.files')::uuid), 'PAUSED');
SELECT test.raises(format('SELECT data.enqueue_discovery(%L)', current_setting('test.files')), 'PT409', 'connection_paused');
SELECT test.equals('a test of it', t ->> 'status', 'PAUSED') FROM data.test_connection(current_setting('test.files')::uuid) AS t;
SELECT test.equals('resumed', data.pause_connection(current_setting('test.files')::uuid, false), 'PENDING');
RESET ROLE;
INSERT INTO data.source_relations (tenant_id, connection_id, relation) VALUES (test.tenant(1), current_setting('test.files')::uuid, 'planes');
INSERT INTO data.source_rows (tenant_id, connection_id, relation, generation, row_no, source_row)
SELECT test.tenant(1), current_setting('test.files')::uuid, 'planes', 1, n, '{}' FROM generate_series(1, 5) AS n;
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT test.equals('what has brought something is well', t - 'connection_id', '{"status": "ACTIVE", "health": "healthy", "relations": 1, "error": null}')
FROM data.test_connection(current_setting('test.files')::uuid) AS t;

-- Removed, its rows are cleared by a job; then its name is free, and comes back with its id.
SELECT data.disconnect(current_setting('test.files')::uuid), data.disconnect(current_setting('test.base')::uuid);
SELECT test.raises(format('SELECT %s', c.call), 'PT409', c.code)
FROM (VALUES
    (format('data.change_connection(%L, name => %L)', current_setting('test.files'), 'x'), 'disconnected'),
    (format('data.pause_connection(%L)', current_setting('test.files')), 'disconnected'),
    (format('data.enqueue_discovery(%L)', current_setting('test.files')), 'disconnected'),
    ($$data.create_connection('Flights 2013', 'filesource')$$, 'connection_busy')
) AS c (call, code);
SELECT test.equals('jobs that clear', count(*), 1) FROM work.jobs AS j WHERE j.kind = 'data.clear_source';
RESET ROLE;
SELECT set_config('role', 'worker', true) \g /dev/null
SELECT test.equals('cleared', data.clear_source(jsonb_build_object('connection_id', current_setting('test.files'))), '{"removed": 5}');
RESET ROLE;
SELECT test.equals('what is left', count(*), 0) FROM data.source_relations AS r WHERE r.tenant_id = test.tenant(1);
SELECT test.equals('secrets that are left', count(*), 0) FROM data.connection_secrets AS s WHERE s.tenant_id = test.tenant(1);
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT test.equals('the same id', data.create_connection('Flights 2013', 'filesource')::text, current_setting('test.files'));
RESET ROLE;
SELECT set_config('role', 'worker', true) \g /dev/null
SELECT test.equals('what is connected is not cleared', data.clear_source(jsonb_build_object('connection_id', current_setting('test.files'))), '{"removed": 0}');

-- There may be so many and no more.
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT set_config('pgserver.settings', '{"data.connections_max": "2"}', true) \g /dev/null
SELECT data.create_connection('Second', 'push') \g /dev/null
SELECT test.raises($$SELECT data.create_connection('Third', 'push')$$, 'PT409', 'connections_limit');

-- A neighbour reaches none of them.
SELECT test.become_member(2, permissions => '{connections.write}');
SELECT test.raises(format('SELECT data.%s(%L)', f.name, current_setting('test.files')), 'PT404', 'not_found')
FROM (VALUES ('change_connection'), ('pause_connection'), ('enqueue_discovery'), ('test_connection'), ('disconnect')) AS f (name);
SELECT test.become_member(2, permissions => '{}');
SELECT test.raises(c.call, 'PT403', 'forbidden')
FROM (VALUES
    ($$SELECT data.create_connection('x', 'push')$$),
    (format('SELECT data.change_connection(%L)', test.person(1))),
    (format('SELECT data.pause_connection(%L)', test.person(1))),
    (format('SELECT data.enqueue_discovery(%L)', test.person(1)))
) AS c (call);
