-- Reading a source from end to end, against the demonstration's CRM in another database of the cluster.
--
-- Needs psql variables: host, port, source_db, source_user and source_password, as deploy/demo/source.sql was run with.
-- The source asks for the password (pg_hba.conf: scram-sha-256), or postgres_fdw refuses it.
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT set_config('test.configuration', jsonb_build_object(
    'host', :'host', 'port', (:'port')::int, 'database', :'source_db', 'user', :'source_user', 'sslmode', 'prefer',
    'source_system', 'crm')::text, true),
    set_config('test.password', :'source_password', true)
\g /dev/null

-- Nothing leads inside unless the operator says so.
SELECT set_config('pgserver.settings', '{"data.allowed_hosts": ""}', true) \g /dev/null
SELECT test.raises($$SELECT data.connect_postgres('CRM', jsonb_set(current_setting('test.configuration')::jsonb, '{host}', '"127.0.0.1"'), 'x')$$, 'PT422', 'address_not_allowed');
SELECT set_config('pgserver.settings', jsonb_build_object(
    'data.allowed_hosts', format('%1$s:%2$s/%3$s,%1$s:1/%3$s', :'host', :'port', :'source_db'))::text, true) \g /dev/null
SELECT test.raises(
    format('SELECT data.connect_postgres(%L, current_setting(%L)::jsonb %s, %L)', c.name, 'test.configuration', c.change, c.password),
    'PT400', c.field)
FROM (VALUES
    ('CRM', $$|| '{"password": "x"}'$$,        'x', 'configuration.password'),
    ('CRM', $$|| '{"port": 70000}'$$,          'x', 'configuration.port'),
    ('CRM', $$|| '{"port": "x"}'$$,            'x', 'configuration.port'),
    ('CRM', $$|| '{"sslmode": "allow"}'$$,     'x', 'configuration.sslmode'),
    ('CRM', $$|| '{"source_system": "A b"}'$$, 'x', 'configuration.source_system'),
    ('CRM', $$- 'user'$$,                      'x', 'configuration.user'),
    ('CRM', $$|| '{"database": 7}'$$,          'x', 'configuration.database'),
    ('—',   '',                                'x', 'name'),
    ('CRM', '',                                '',  'password')
) AS c (name, change, password, field);

-- A connection that cannot work says why, keeps that in mind, and never repeats the password.
SELECT set_config('test.refused', data.connect_postgres('Refused', current_setting('test.configuration')::jsonb, 'wr0ng-Secret')::text, true),
       set_config('test.silent', data.connect_postgres('Silent', current_setting('test.configuration')::jsonb || '{"port": 1}', 'wr0ng-Secret')::text, true) \g /dev/null
SELECT test.equals('status', t ->> 'status', 'FAILED'), test.equals('health', t ->> 'health', 'unhealthy'),
    test.equals('code', t #>> '{error,code}', c.code), test.is_true('no secret', t::text NOT LIKE '%wr0ng%')
FROM (VALUES ('test.refused', 'source_refused'), ('test.silent', 'source_unreachable')) AS c (id, code)
CROSS JOIN LATERAL data.test_connection(current_setting(c.id)::uuid) AS t;
SELECT test.raises($$SELECT data.discover(current_setting('test.refused')::uuid)$$, 'PT502', 'source_refused');
SELECT test.equals('what is remembered', count(*), 2) FROM data.connections WHERE status = 'FAILED' AND last_error IS NOT NULL;

-- One that works.
SELECT set_config('test.id', data.connect_postgres('Our CRM', current_setting('test.configuration')::jsonb, current_setting('test.password'))::text, true) \g /dev/null
SELECT test.equals('a new connection', array[c.status, c.slug, c.source_system], array['PENDING', 'our-crm', 'crm']),
    test.is_true('no secret in its row', NOT c.configuration ? 'password')
FROM data.connections AS c WHERE c.connection_id = current_setting('test.id')::uuid;
SELECT test.raises($$SELECT data.connect_postgres('OUR crm!', current_setting('test.configuration')::jsonb, 'x')$$, 'PT409', 'connections_slug_key');
SELECT test.equals('secrets a member can find', count(*), 0) FROM pg_user_mappings WHERE umoptions IS NOT NULL;
SELECT test.raises('SELECT * FROM pg_user_mapping', '42501');
SELECT test.raises(format('SELECT * FROM data_source.columns_%s', replace(current_setting('test.id'), '-', '')), '42501');
SELECT test.equals('the test', t - 'connection_id', '{"status": "ACTIVE", "health": "healthy", "relations": 3, "error": null}')
FROM data.test_connection(current_setting('test.id')::uuid) AS t;
SELECT test.equals('relations', string_agg(r ->> 'relation', ',' ORDER BY position), 'companies,deals,people')
FROM jsonb_array_elements(data.discover(current_setting('test.id')::uuid)) WITH ORDINALITY AS d (r, position);

-- A mapping names only what exists, on both sides, and each fault is named.
SELECT test.raises(format('SELECT data.create_mapping(%L, %L, %L, %L, %L, %L)', current_setting('test.id'), c.entity, c.relation, c.key, c.fields, c.cursor), 'PT400', c.fault)
FROM (VALUES
    ('account', 'nothing',   'id',        '[{"canonical_field": "name", "vendor_field": "company_name"}]',                 NULL,           'source_relation'),
    ('planet',  'companies', 'id',        '[{"canonical_field": "name", "vendor_field": "company_name"}]',                 NULL,           '"entity"'),
    ('account', 'companies', 'nothing',   '[{"canonical_field": "name", "vendor_field": "company_name"}]',                 NULL,           'key_column'),
    ('account', 'companies', 'modified_at', '[{"canonical_field": "name", "vendor_field": "company_name"}]',               NULL,           'key_column'),
    ('account', 'companies', 'id',        '[{"canonical_field": "name", "vendor_field": "company_name"}]',                 'company_name', 'cursor_column'),
    ('account', 'companies', 'id',        '[{"canonical_field": "name", "vendor_field": "x\" OR 1=1"}]',                   NULL,           'fields[0].vendor_field'),
    ('account', 'companies', 'id',        '[{"canonical_field": "tenant_id", "vendor_field": "id"}]',                      NULL,           'fields[0].canonical_field'),
    ('account', 'companies', 'id',        '[{"canonical_field": "name", "vendor_field": "company_name", "coercion": "x"}]', NULL,          'fields[0].coercion'),
    ('account', 'companies', 'id',        '[{"canonical_field": "name", "vendor_field": "company_name", "confidence": 2}]', NULL,          'fields[0].confidence'),
    ('account', 'companies', 'id',        '[{"canonical_field": "type", "vendor_field": "relation"}]',                     NULL,           'The field name must be mapped'),
    ('account', 'companies', 'id',        '[]',                                                                            NULL,           'fields')
) AS c (entity, relation, key, fields, cursor, fault);
SELECT data.create_mapping(current_setting('test.id')::uuid, 'account', 'companies', 'id', '[
    {"canonical_field": "name",       "vendor_field": "company_name", "coercion": "trim"},
    {"canonical_field": "status",     "vendor_field": "state",        "coercion": ["trim", "lowercase"]},
    {"canonical_field": "created_at", "vendor_field": "created_at"}]', 'modified_at') \g /dev/null
SELECT data.create_mapping(current_setting('test.id')::uuid, 'opportunity', 'deals', 'id', '[
    {"canonical_field": "name",        "vendor_field": "title"},
    {"canonical_field": "account_id",  "vendor_field": "company_id"},
    {"canonical_field": "amount",      "vendor_field": "value",      "coercion": "currency"},
    {"canonical_field": "probability", "vendor_field": "win_chance", "coercion": "percent"},
    {"canonical_field": "close_date",  "vendor_field": "expected_on"}]', 'modified_at') \g /dev/null
SELECT test.raises($$SELECT data.create_mapping(current_setting('test.id')::uuid, 'account', 'companies', 'id', '[{"canonical_field": "name", "vendor_field": "company_name"}]')$$, '23505', 'mappings_entity_key');

RESET ROLE;
CREATE FUNCTION pg_temp.sync(max_rows int DEFAULT 100000, is_full boolean DEFAULT false) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object('status', s ->> 'status', 'read', s -> 'rows_read', 'new', s -> 'rows_inserted', 'changed', s -> 'rows_updated',
        'rejected', s -> 'rows_rejected', 'removed', s -> 'rows_removed')
    FROM data.sync(current_setting('test.id')::uuid, max_rows, is_full) AS s
$$;
SELECT test.become_member(1, permissions => '{connections.write}');

-- The first run brings everything; what cannot be coerced waits among the rejects and holds nothing up.
SELECT test.equals('the first run', pg_temp.sync(),
    '{"status": "succeeded", "read": 3600, "new": 3593, "changed": 0, "rejected": 7, "removed": 0}');
SELECT test.equals('rejects', array_agg(DISTINCT j.source_row ->> 'value'), array['TBD']),
    test.equals('faults', jsonb_agg(DISTINCT j.faults), '[[{"field": "amount", "vendor_field": "value", "code": "not_a_number"}]]')
FROM data.sync_rejects AS j;
SELECT test.equals('totals', jsonb_object_agg(c.entity, c.total), '{"account": 1200, "opportunity": 2393}')
FROM (SELECT entity, sum(total) AS total FROM data.entity_counts GROUP BY entity) AS c;
SELECT test.equals('the connection', array[c.status, c.health, c.last_sync_status, c.last_sync_records::text], array['ACTIVE', 'degraded', 'succeeded', '3600'])
FROM data.connections AS c WHERE c.connection_id = current_setting('test.id')::uuid;
SELECT test.equals('lineage', count(*), 1200)
FROM data.accounts AS a JOIN data.sync_runs AS r ON r.sync_run_id = a.sync_run_id AND r.entity = 'account'
WHERE a.source_relation = 'companies' AND a.external_ids = jsonb_build_object('crm', a.source_key) AND a.source_system = 'crm'
    AND a.source_connection_id = current_setting('test.id')::uuid AND a.extras ? 'annual_revenue' AND NOT a.extras ?| '{id,company_name,state}';
SELECT test.equals('names with spaces around them', count(*), 0) FROM data.accounts AS a WHERE a.name <> btrim(a.name);
SELECT test.equals('deals of companies that the source lacks', count(*), 11)
FROM data.opportunities AS o WHERE NOT EXISTS (SELECT FROM data.accounts AS a WHERE a.account_id = o.account_id);

-- Each stage is told with what it really did, and nothing that is told shows how the source is reached.
RESET ROLE;
CREATE FUNCTION pg_temp.stages(known bigint) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_agg(jsonb_build_array(e.payload -> 'entity', coalesce(e.payload ->> 'stage', e.payload ->> 'status'),
        e.payload -> 'record_count') ORDER BY e.event_id)
    FROM core.events AS e WHERE e.topic = 'data.sync' AND e.event_id > known
$$;
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT test.equals('the stages of the first run', pg_temp.stages(0), '[
    ["account", "ingested", 1200], ["account", "canonicalized", 1200], ["account", "materialized", 1200],
    ["account", "journaled", 1200], ["account", "succeeded", null],
    ["opportunity", "ingested", 2400], ["opportunity", "canonicalized", 2393], ["opportunity", "materialized", 2393],
    ["opportunity", "journaled", 2400], ["opportunity", "succeeded", null]]');
SELECT test.is_true('times are measured', bool_and((e.payload ->> 'processing_time_ms')::int >= 0)),
    test.equals('subjects', count(DISTINCT e.subject_id), 2), test.equals('sources', array_agg(DISTINCT e.payload ->> 'source_system'), '{crm}')
FROM core.events AS e WHERE e.topic = 'data.sync';
SELECT test.equals('records in bulk', jsonb_object_agg(e.topic, e.records), '{"data.account": 1200, "data.opportunity": 2393}')
FROM (SELECT e.topic, sum((e.payload ->> 'record_count')::int) AS records FROM core.events AS e
      WHERE e.type IN ('data.account.changed', 'data.opportunity.changed') GROUP BY e.topic) AS e;
SELECT test.equals('what says that a run caused it', array_agg(DISTINCT e.topic ORDER BY e.topic), '{data.account,data.opportunity}')
FROM core.events AS e JOIN data.sync_runs AS r ON e.payload ->> 'caused_by' = 'sync_run:' || r.sync_run_id;
SELECT test.equals('what does not', array_agg(DISTINCT e.topic ORDER BY e.topic), '{data.connection,data.mapping,data.mapping_field,data.sync}')
FROM core.events AS e WHERE NOT e.payload ? 'caused_by';
SELECT test.equals('secrets that are told', count(*), 0)
FROM core.events AS e WHERE strpos(e.payload::text, current_setting('test.password')) > 0 OR strpos(e.payload::text, 'wr0ng') > 0;
SELECT test.equals('what is told of connections', array_agg(DISTINCT k ORDER BY k),
    '{changed,connection_type,health,last_discovery_at,last_sync_at,last_sync_records,last_sync_status,name,slug,source_system,status}')
FROM core.events AS e CROSS JOIN jsonb_object_keys(e.payload) AS k WHERE e.topic = 'data.connection';
SELECT test.equals('mappings that are told', count(*), 2) FROM core.events AS e WHERE e.type = 'data.mapping.created';
SELECT test.equals('their fields', count(*), 8) FROM core.events AS e WHERE e.type = 'data.mapping_field.created';
SELECT set_config('test.event', max(e.event_id)::text, true) FROM core.events AS e \g /dev/null

-- Nothing new: nothing is written.
SELECT test.equals('a run without news', pg_temp.sync() - 'read', '{"status": "succeeded", "new": 0, "changed": 0, "rejected": 0, "removed": 0}');
SELECT test.equals('records that are told then', count(*), 0)
FROM core.events AS e WHERE e.topic IN ('data.account', 'data.opportunity') AND e.event_id > current_setting('test.event')::bigint;
SELECT test.is_true('and stages', NOT pg_temp.stages(current_setting('test.event')::bigint) @@ '$[*][1] == "materialized"');
-- Read anew from the start, only what really differs is written, under the same ids.
RESET ROLE;
UPDATE data.accounts SET name = 'changed here' WHERE tenant_id = test.tenant(1) AND source_key = '7';
UPDATE data.accounts SET created_at = '2001-01-01' WHERE tenant_id = test.tenant(1) AND source_key = '8';
DELETE FROM data.opportunities WHERE tenant_id = test.tenant(1) AND source_key IN ('9', '10');
UPDATE data.mapping_fields SET coercion = '["trim", {"TBD": "0"}, "currency"]' WHERE tenant_id = test.tenant(1) AND canonical_field = 'amount';
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT test.equals('a full run', pg_temp.sync(is_full => true),
    '{"status": "succeeded", "read": 3600, "new": 9, "changed": 2, "rejected": 0, "removed": 0}');
SELECT test.equals('rejects that have healed', count(*), 0) FROM data.sync_rejects;

-- A run may be bounded; the next goes on exactly behind it.
SELECT test.equals('the first part', pg_temp.sync(1000, true) - 'new', '{"status": "partial", "read": 2000, "changed": 0, "rejected": 0, "removed": 0}');
SELECT test.equals('the second part', pg_temp.sync(1000) - 'new', '{"status": "partial", "read": 1200, "changed": 0, "rejected": 0, "removed": 0}');

-- Ties of the cursor longer than a page of it, and rows that have none, are all read, and each once.
SELECT data.create_mapping(current_setting('test.id')::uuid, 'contact', 'people', 'id', '[
    {"canonical_field": "email",      "vendor_field": "email", "coercion": ["trim", "lowercase"]},
    {"canonical_field": "account_id", "vendor_field": "company_id"}]', 'company_id') \g /dev/null
DO $$
BEGIN
    FOR v_turn IN 1 .. 3600 / 2 LOOP
        EXIT WHEN NOT EXISTS (
            SELECT FROM jsonb_array_elements(data.sync(current_setting('test.id')::uuid, 401) -> 'runs') AS r
            WHERE r ->> 'entity' = 'contact' AND r ->> 'status' <> 'succeeded');
    END LOOP;
END;
$$;
SELECT test.equals('people', count(*), 3600), test.equals('of no company', count(*) FILTER (WHERE c.account_id IS NULL), 37),
    test.equals('shouting', count(*) FILTER (WHERE c.email <> lower(c.email)), 0)
FROM data.contacts AS c;
SELECT test.equals('rows read for them', sum(r.rows_read), 3600) FROM data.sync_runs AS r WHERE r.entity = 'contact';
-- A mapped column that has gone fails its own run; the others go on.
RESET ROLE;
UPDATE data.mapping_fields SET vendor_field = 'gone' WHERE tenant_id = test.tenant(1) AND canonical_field = 'email';
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT test.equals('runs', jsonb_object_agg(r ->> 'entity', r ->> 'error_code'), '{"account": null, "contact": "source_changed", "opportunity": null}')
FROM jsonb_array_elements(data.sync(current_setting('test.id')::uuid) -> 'runs') AS r;
SELECT test.equals('the connection', array[c.status, c.health, c.last_sync_status], array['FAILED', 'unhealthy', 'failed'])
FROM data.connections AS c WHERE c.connection_id = current_setting('test.id')::uuid;

-- Columns that the source has changed are told as drift.
RESET ROLE;
UPDATE data.mapping_fields SET vendor_field = 'email' WHERE tenant_id = test.tenant(1) AND canonical_field = 'email';
UPDATE data.mappings SET source_columns = source_columns - 0 || '{"column": "gone", "type": "text"}'
WHERE tenant_id = test.tenant(1) AND entity = 'contact';
SELECT set_config('test.event', max(e.event_id)::text, true) FROM core.events AS e \g /dev/null
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT pg_temp.sync() \g /dev/null
SELECT test.is_true('drift', pg_temp.stages(current_setting('test.event')::bigint) @> '[["contact", "drift", 2]]'),
    test.is_true('of nothing else', NOT pg_temp.stages(current_setting('test.event')::bigint) @> '[["account", "drift"]]');

-- What the operator forbids later is not read any more.
SELECT set_config('test.settings', current_setting('pgserver.settings'), true), set_config('pgserver.settings', '{"data.allowed_hosts": ""}', true) \g /dev/null
SELECT test.raises($$SELECT data.sync(current_setting('test.id')::uuid)$$, 'PT422', 'address_not_allowed');
SELECT set_config('pgserver.settings', current_setting('test.settings'), true) \g /dev/null

-- Disconnecting leaves the records and takes the credentials; the same name gives the same connection back.
SELECT data.disconnect(current_setting('test.id')::uuid) \g /dev/null
SELECT test.raises($$SELECT data.sync(current_setting('test.id')::uuid)$$, 'PT409', 'disconnected');
SELECT test.equals('records that stay', count(*), 1200) FROM data.accounts;
SELECT test.equals('mappings that stay', count(*), 0) FROM data.mappings;
RESET ROLE;
SELECT test.equals('secrets that stay', count(*), 0) FROM data.connection_secrets WHERE connection_id = current_setting('test.id')::uuid;
SELECT test.equals('foreign servers that stay', count(*), 0) FROM pg_foreign_server WHERE srvname = 'source_' || replace(current_setting('test.id'), '-', '');
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT test.equals('the id', data.connect_postgres('Our CRM', current_setting('test.configuration')::jsonb, current_setting('test.password'))::text, current_setting('test.id'));

-- Only a full comparison can notice removed rows; it marks them, and clears the mark when they are back.
SELECT data.create_mapping(current_setting('test.id')::uuid, 'account', 'companies', 'id',
    '[{"canonical_field": "name", "vendor_field": "company_name", "coercion": "trim"},
      {"canonical_field": "status", "vendor_field": "state", "coercion": ["trim", "lowercase"]}]', on_removal => 'mark') \g /dev/null
RESET ROLE;
UPDATE data.accounts SET source_key = '70000' WHERE tenant_id = test.tenant(1) AND source_key = '7';
UPDATE data.accounts SET account_id = 'ACC-GONE' WHERE tenant_id = test.tenant(1) AND source_key = '70000';
UPDATE data.accounts SET source_removed_at = now() WHERE tenant_id = test.tenant(1) AND source_key = '8';
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT test.equals('a bounded comparison removes nothing', pg_temp.sync(1000) - 'changed', '{"status": "partial", "read": 1000, "new": 1, "rejected": 0, "removed": 0}');
SELECT test.equals('nor does its second half', pg_temp.sync(1000) - 'changed', '{"status": "succeeded", "read": 200, "new": 0, "rejected": 0, "removed": 0}');
SELECT test.equals('a whole one does', pg_temp.sync(), '{"status": "succeeded", "read": 1200, "new": 0, "changed": 0, "rejected": 0, "removed": 1}');
SELECT test.equals('marked', string_agg(a.account_id, ','), 'ACC-GONE') FROM data.accounts AS a WHERE a.source_removed_at IS NOT NULL;
SELECT test.equals('marked once', pg_temp.sync() -> 'removed', '0');
RESET ROLE;
UPDATE data.mappings SET on_removal = 'delete' WHERE tenant_id = test.tenant(1) AND entity = 'account';
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT test.equals('deleted', pg_temp.sync() -> 'removed', '1');
SELECT test.equals('the total', sum(c.total), 1200) FROM data.entity_counts AS c WHERE c.entity = 'account';
