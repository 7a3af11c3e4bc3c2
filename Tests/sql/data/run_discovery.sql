-- What a source has is looked at by a job, kept in versions, and compared.
--
-- Needs psql variables: host, port, source_db, source_user and source_password, as deploy/demo/source.sql was run with.
RESET ROLE;
-- Does the discovery that waits, as a worker would.
CREATE FUNCTION test.discover(connection_id uuid) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    v_discovery_id CONSTANT uuid := data.enqueue_discovery(discover.connection_id);
    v_job          work.jobs;
    v_result       jsonb;
BEGIN
    SELECT j.* INTO STRICT v_job FROM work.jobs AS j
    WHERE j.kind = 'data.run_discovery' AND j.arguments ->> 'discovery_id' = v_discovery_id::text;
    PERFORM set_config('role', 'worker', true);
    v_result := data.run_discovery(v_job.arguments);
    PERFORM set_config('role', 'none', true);
    DELETE FROM work.jobs AS j WHERE j.job_id = v_job.job_id;
    PERFORM set_config('role', 'member', true);
    RETURN v_result;
END;
$$;
CREATE FUNCTION test.drift(connection_id uuid, version int) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_agg(jsonb_build_array(d.event_type, d.relation, d.field, d.new_field, d.status) ORDER BY d.relation, d.event_type, d.field)
    FROM data.drift_events AS d
    WHERE d.connection_id = drift.connection_id AND d.version = drift.version
$$;
SELECT test.become_member(1, permissions => '{connections.write}');

-- One that waits stands for all that are asked for.
SELECT set_config('test.files', data.create_connection('Files', 'filesource')::text, true),
    set_config('test.push', data.create_connection('Pushed', 'salesforce')::text, true) \g /dev/null
SELECT test.equals('one discovery', data.enqueue_discovery(current_setting('test.files')::uuid), data.enqueue_discovery(current_setting('test.files')::uuid));
SELECT test.equals('one job', count(*), 1) FROM work.jobs AS j WHERE j.kind = 'data.run_discovery';

-- A source without anything is empty, not wrong, and still waits for its first rows.
SELECT test.equals('of nothing', test.discover(current_setting('test.files')::uuid),
    '{"status": "succeeded", "version": 1, "relations_found": 0, "columns_found": 0, "drift_found": 0, "error_code": null}');
SELECT test.equals('it waits', c.status, 'PENDING') FROM data.connections AS c WHERE c.connection_id = current_setting('test.files')::uuid;

-- Types are told from values; numbers that begin with 0 are codes; a column without values is a guess.
RESET ROLE;
INSERT INTO data.source_relations (tenant_id, connection_id, relation, last_row_no, row_count)
VALUES (test.tenant(1), current_setting('test.files')::uuid, 'orders', 3, 3);
INSERT INTO data.source_rows (tenant_id, connection_id, relation, generation, row_no, source_row)
SELECT test.tenant(1), current_setting('test.files')::uuid, 'orders', 1, n, jsonb_build_object(
    'id', n::text, 'zip', '0' || n, 'amount', (ARRAY['1', '2.50', '-3e2'])[n], 'paid', (ARRAY['true', 'False', NULL])[n],
    'day', format('2026-01-0%s', n), 'at', (ARRAY['2026-01-01T10:00:00Z', '2026-01-01 10:00', '2026-01-02'])[n],
    'note', (ARRAY['12', 'x', ''])[n], 'nothing', NULL, 'tags', (ARRAY['["a"]', '{"b": 1}', 'null']::jsonb[])[n],
    'wrong_day', format('2026-13-0%s', n), 'delay', (ARRAY['NA', '-7', '12'])[n], 'country', (ARRAY['NA', 'DE', 'FR'])[n])
FROM generate_series(1, 3) AS n;
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT test.equals('of a file', test.discover(current_setting('test.files')::uuid),
    '{"status": "succeeded", "version": 2, "relations_found": 1, "columns_found": 12, "drift_found": 1, "error_code": null}');
SELECT test.equals('types', jsonb_object_agg(c.entry ->> 'column', (c.entry ->> 'type') || CASE WHEN c.entry -> 'is_nullable' = 'true' THEN '?' ELSE '' END), '{
    "id": "integer", "zip": "text", "amount": "numeric", "paid": "boolean?", "day": "date", "at": "timestamptz", "note": "text?",
    "nothing": "text?", "tags": "json?", "wrong_day": "text", "delay": "integer?", "country": "text"}'),
    test.equals('words for no value', string_agg(c.entry ->> 'column' || (c.entry ->> 'null_values'), ','), 'delay["NA"]'),
    test.equals('what is empty', string_agg(c.entry ->> 'column', ',') FILTER (WHERE c.entry ? 'is_empty'), 'nothing')
FROM data.schema_snapshots AS s, jsonb_array_elements(s.relations -> 0 -> 'columns') AS c (entry)
WHERE s.connection_id = current_setting('test.files')::uuid AND s.version = 2;
SELECT test.equals('the relation', (s.relations -> 0) - 'columns', '{"relation": "orders", "estimated_rows": 3, "generation": 1, "last_row_no": 3, "key_columns": [],
    "key_candidates": ["country", "id", "wrong_day", "zip"]}'),
    test.equals('values', jsonb_path_query_first(s.relations, '$[0].columns[*] ? (@.column == "amount").sample'), '["1", "2.50", "-3e2"]')
FROM data.schema_snapshots AS s WHERE s.connection_id = current_setting('test.files')::uuid AND s.version = 2;
SELECT test.equals('the connection', array[c.status, c.health, (c.last_discovery_at IS NOT NULL)::text], array['ACTIVE', 'healthy', 'true'])
FROM data.connections AS c WHERE c.connection_id = current_setting('test.files')::uuid;
SELECT test.equals('what the discovery says', to_jsonb(d) - '{tenant_id,discovery_id,connection_id,job_id,created_at,started_at,finished_at}'::text[],
    '{"status": "succeeded", "version": 2, "relations_found": 1, "columns_found": 12, "drift_found": 1, "error": null, "error_code": null}')
FROM data.discoveries AS d WHERE d.version = 2;

-- The same again is no version.
SELECT test.equals('seen again', array[d ->> 'version', d ->> 'drift_found'], array['2', '0']) FROM test.discover(current_setting('test.files')::uuid) AS d;

-- A file that replaces another: renamed by name and values, dropped, retyped, added; what is empty has no type to change.
-- What a mapping reads is queued, what none reads is only told.
RESET ROLE;
INSERT INTO data.record_types (tenant_id, record_type, title, fields) VALUES (test.tenant(1), 'sale', 'Sale', '[{"field": "amount", "data_type": "numeric"}]');
INSERT INTO data.mappings (tenant_id, mapping_id, connection_id, entity, record_type, source_relation, key_column, source_columns)
VALUES (test.tenant(1), test.person(1), current_setting('test.files')::uuid, 'record', 'sale', 'orders', 'id', '[]');
INSERT INTO data.mapping_fields (tenant_id, mapping_id, canonical_field, vendor_field)
VALUES (test.tenant(1), test.person(1), 'amount', 'amount'), (test.tenant(1), test.person(1), 'day', 'day');
INSERT INTO data.source_rows (tenant_id, connection_id, relation, generation, row_no, source_row)
SELECT r.tenant_id, r.connection_id, r.relation, 2, r.row_no,
    r.source_row - '{amount,note,day,paid}'::text[] || jsonb_build_object('total_amount', r.source_row -> 'amount', 'day', 'on day ' || r.row_no,
        'nothing', r.row_no::text, 'is_paid', r.source_row -> 'paid', 'currency', 'EUR')
FROM data.source_rows AS r WHERE r.tenant_id = test.tenant(1);
UPDATE data.source_relations AS r SET generation = 2 WHERE r.tenant_id = test.tenant(1);
INSERT INTO data.source_relations (tenant_id, connection_id, relation) VALUES (test.tenant(1), current_setting('test.files')::uuid, 'lines');
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT test.equals('drift', d ->> 'drift_found', '6') FROM test.discover(current_setting('test.files')::uuid) AS d;
SELECT test.equals('each kind', test.drift(current_setting('test.files')::uuid, 3), '[
    ["table_added",   "lines",  null,     null,           "detected"],
    ["field_added",   "orders", "currency", null,         "detected"],
    ["field_removed", "orders", "note",   null,           "detected"],
    ["field_renamed", "orders", "amount", "total_amount", "queued"],
    ["field_renamed", "orders", "paid",   "is_paid",      "detected"],
    ["type_changed",  "orders", "day",    null,           "queued"]]');
SELECT test.is_true('a rename is a guess, likely by name and values', d.confidence BETWEEN 0.7 AND 0.99),
    test.equals('before', d.old_schema, '{"relation": "orders", "fields": ["amount", "at", "country", "day", "delay", "id", "note", "nothing", "paid", "tags", "wrong_day", "zip"], "types": {"amount": "numeric"}}'),
    test.equals('after', array[d.new_schema -> 'types', to_jsonb(d.new_schema -> 'fields' @> '["total_amount"]')], array['{"total_amount": "numeric"}', 'true']::jsonb[])
FROM data.drift_events AS d WHERE d.new_field = 'total_amount';
SELECT test.equals('what is certain', array_agg(DISTINCT d.confidence), array[1.000]) FROM data.drift_events AS d WHERE d.event_type <> 'field_renamed';

-- It is told, a relation at a time, on a topic of its own, and as stage drift of the entity that is fed.
RESET ROLE;
SELECT test.equals('told', jsonb_agg(jsonb_build_array(e.type, e.subject_id = current_setting('test.files'), e.payload -> 'relation', e.payload -> 'entity', e.payload -> 'record_count', e.payload -> 'event_types') ORDER BY e.event_id), '[
    ["data.drift.detected", true, "lines",  null,   1, ["table_added"]],
    ["data.drift.detected", true, "orders", "sale", 5, ["field_added", "field_removed", "field_renamed", "type_changed"]]]')
FROM core.events AS e WHERE e.topic = 'data.drift' AND e.payload ->> 'version' = '3';
SELECT test.equals('as AutonomOS shows it', (autonomos.event_frame(l)::jsonb) - '{id,ts,tenant}'::text[] #- '{meta,processing_time_ms}',
    '{"source_system": "filesource", "entity": "Sale", "stage": "drift", "meta": {"record_count": 5}}')
FROM core.events AS e
CROSS JOIN LATERAL jsonb_populate_record(NULL::core.event_log, to_jsonb(e) || '{"position": 1}') AS l
WHERE e.topic = 'data.drift' AND e.payload ->> 'entity' = 'sale';

-- Set aside, once.
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT test.equals('set aside', (data.ignore_drift(d.drift_event_id)).status, 'ignored') FROM data.drift_events AS d WHERE d.field = 'note';
SELECT test.raises(format('SELECT data.ignore_drift(%L)', d.drift_event_id), 'PT409', 'drift_settled') FROM data.drift_events AS d WHERE d.field = 'note';

-- A whole table that goes takes no fields with it.
RESET ROLE;
DELETE FROM data.source_relations AS r WHERE r.relation = 'orders' AND r.tenant_id = test.tenant(1);
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT test.discover(current_setting('test.files')::uuid) \g /dev/null
SELECT test.equals('a table that went', test.drift(current_setting('test.files')::uuid, 4), '[["table_removed", "orders", null, null, "queued"]]');

-- Of many rows some are looked at, and it is said how many; how sure one can be follows from that.
RESET ROLE;
INSERT INTO data.source_relations (tenant_id, connection_id, relation, last_row_no, row_count)
VALUES (test.tenant(1), current_setting('test.files')::uuid, 'many', 2000, 2000);
INSERT INTO data.source_rows (tenant_id, connection_id, relation, generation, row_no, source_row)
SELECT test.tenant(1), current_setting('test.files')::uuid, 'many', 1, n, jsonb_build_object('n', n::text, 'even', (n % 2)::text)
FROM generate_series(1, 2000) AS n;
SELECT set_config('pgserver.settings', '{"data.discovery_sample_rows": "100"}', true) \g /dev/null
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT test.discover(current_setting('test.files')::uuid) \g /dev/null
SELECT test.is_true('a part', (r.entry ->> 'sampled_rows')::int BETWEEN 75 AND 110), test.equals('of all', r.entry ->> 'estimated_rows', '2000'),
    test.equals('both ends', r.entry -> 'key_candidates', '["n"]')
FROM data.schema_snapshots AS s, jsonb_array_elements(s.relations) AS r (entry) WHERE s.version = 5 AND r.entry ->> 'relation' = 'many';
RESET ROLE;
UPDATE data.source_rows AS r SET source_row = r.source_row - 'even' WHERE r.relation = 'many';
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT test.discover(current_setting('test.files')::uuid) \g /dev/null
SELECT test.is_true('nearly certain', d.confidence BETWEEN 0.95 AND 0.99) FROM data.drift_events AS d WHERE d.field = 'even';
SELECT test.equals('it went', count(*), 1) FROM data.drift_events AS d WHERE d.field = 'even' AND d.event_type = 'field_removed';
RESET ROLE;
SELECT set_config('pgserver.settings', '{}', true) \g /dev/null

-- Pushed records have types of their own: a text of digits is text. A field that new records lack has gone, though old ones have it.
INSERT INTO data.source_relations (tenant_id, connection_id, relation, key_field, last_row_no, row_count)
VALUES (test.tenant(1), current_setting('test.push')::uuid, 'Contact', 'Id', 20, 20);
INSERT INTO data.source_rows (tenant_id, connection_id, relation, generation, row_no, source_key, source_row)
SELECT test.tenant(1), current_setting('test.push')::uuid, 'Contact', 1, n, n::text,
    jsonb_build_object('Id', n::text, 'Name', 'Person ' || n, 'Score', n, 'Rare', CASE n WHEN 7 THEN 'x' END) - CASE n WHEN 7 THEN '' ELSE 'Rare' END
FROM generate_series(1, 20) AS n;
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT test.discover(current_setting('test.push')::uuid) \g /dev/null
SELECT test.equals('of a push', jsonb_object_agg(c.entry ->> 'column', c.entry ->> 'type'), '{"Id": "text", "Name": "text", "Rare": "text", "Score": "integer"}'),
    test.equals('its key', min((s.relations -> 0 -> 'key_columns')::text), '["Id"]')
FROM data.schema_snapshots AS s, jsonb_array_elements(s.relations -> 0 -> 'columns') AS c (entry) WHERE s.connection_id = current_setting('test.push')::uuid;
RESET ROLE;
INSERT INTO data.source_rows (tenant_id, connection_id, relation, generation, row_no, source_key, source_row)
SELECT test.tenant(1), current_setting('test.push')::uuid, 'Contact', 1, n, n::text, jsonb_build_object('Id', n::text, 'FullName', 'Person ' || n - 20, 'Score', n)
FROM generate_series(21, 30) AS n;
UPDATE data.source_relations AS r SET last_row_no = 30, row_count = 30 WHERE r.relation = 'Contact';
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT test.discover(current_setting('test.push')::uuid) \g /dev/null
SELECT test.equals('renamed where it is pushed; what was rare is not missed', test.drift(current_setting('test.push')::uuid, 2), '[["field_renamed", "Contact", "Name", "FullName", "detected"]]');
SELECT test.equals('it stays so', d ->> 'drift_found', '0') FROM test.discover(current_setting('test.push')::uuid) AS d;

-- Records that come few at a time are looked at together: after twenty of them a field that they lack has gone.
RESET ROLE;
CREATE FUNCTION test.push_three(first int) RETURNS void LANGUAGE sql AS $$
    INSERT INTO data.source_rows (tenant_id, connection_id, relation, generation, row_no, source_key, source_row)
    SELECT test.tenant(1), current_setting('test.push')::uuid, 'Contact', 1, n, n::text, jsonb_build_object('Id', n::text, 'FullName', 'Person')
    FROM generate_series(first, first + 2) AS n;
    UPDATE data.source_relations AS r SET last_row_no = first + 2, row_count = first + 2 WHERE r.relation = 'Contact';
$$;
CREATE FUNCTION test.look() RETURNS int LANGUAGE sql AS $$ SELECT (test.discover(current_setting('test.push')::uuid) ->> 'drift_found')::int $$;
SELECT test.push_three(31);
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT test.equals('three lack it', test.look(), 0);
RESET ROLE;
SELECT test.push_three(34), test.push_three(37), test.push_three(40);
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT test.equals('it was in some of the twenty', test.look(), 0);
RESET ROLE;
SELECT test.push_three(43), test.push_three(46), test.push_three(49);
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT test.equals('it has gone', test.look(), 1);
SELECT test.equals('and is told', test.drift(current_setting('test.push')::uuid, (
    SELECT max(s.version) FROM data.schema_snapshots AS s WHERE s.connection_id = current_setting('test.push')::uuid)), '[["field_removed", "Contact", "Score", null, "detected"]]');

-- A database tells by its catalog: types, keys, nullability, and some values, without rights but to read.
SELECT set_config('pgserver.settings', jsonb_build_object('data.allowed_hosts', format('%s:%s/%s', :'host', :'port', :'source_db'))::text, true),
    set_config('test.crm', data.create_connection('CRM', 'postgres', jsonb_build_object(
        'host', :'host', 'port', (:'port')::int, 'database', :'source_db', 'user', :'source_user', 'sslmode', 'prefer'),
        jsonb_build_object('password', :'source_password'))::text, true) \g /dev/null
SELECT test.equals('of a database', test.discover(current_setting('test.crm')::uuid) - 'columns_found',
    '{"status": "succeeded", "version": 1, "relations_found": 3, "drift_found": 0, "error_code": null}');
SELECT test.equals('companies', array[r.entry -> 'key_columns', jsonb_path_query_first(r.entry, '$.columns[*] ? (@.column == "company_name")') - 'sample'],
    array['["id"]', '{"column": "company_name", "type": "text", "is_nullable": false, "position": 2}']::jsonb[]),
    test.is_true('it has counted', (r.entry ->> 'estimated_rows')::int = 1200),
    test.equals('values of each', (SELECT count(*) FROM jsonb_array_elements(r.entry -> 'columns') AS c (entry) WHERE jsonb_array_length(c.entry -> 'sample') = 0), 0)
FROM data.schema_snapshots AS s, jsonb_array_elements(s.relations) AS r (entry)
WHERE s.connection_id = current_setting('test.crm')::uuid AND r.entry ->> 'relation' = 'companies';
SELECT test.equals('again', d ->> 'version', '1') FROM test.discover(current_setting('test.crm')::uuid) AS d;
SELECT test.is_true('with its values', s.relations -> 0 -> 'columns' -> 0 ? 'sample') FROM data.schema_snapshots AS s WHERE s.connection_id = current_setting('test.crm')::uuid;

-- One that fails says why, and so does its connection; what was known stays.
SELECT set_config('test.refused', data.create_connection('Refused', 'postgres', jsonb_build_object(
        'host', :'host', 'port', (:'port')::int, 'database', :'source_db', 'user', :'source_user', 'sslmode', 'prefer'),
        '{"password": "wr0ng"}')::text, true) \g /dev/null
RESET ROLE;
INSERT INTO data.schema_snapshots (tenant_id, connection_id, version, relations, fingerprint)
VALUES (test.tenant(1), current_setting('test.refused')::uuid, 1, '[]', '');
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT test.equals('refused', array[d ->> 'status', d ->> 'error_code'], array['failed', 'source_refused']) FROM test.discover(current_setting('test.refused')::uuid) AS d;
SELECT test.equals('the connection says so', array[c.status, c.health], array['FAILED', 'unhealthy']), test.is_true('and why', c.last_error LIKE '%refused%'),
    test.is_true('without the password', c.last_error NOT LIKE '%wr0ng%')
FROM data.connections AS c WHERE c.connection_id = current_setting('test.refused')::uuid;
SELECT test.equals('known still', count(*), 1) FROM data.schema_snapshots AS s WHERE s.connection_id = current_setting('test.refused')::uuid;
SELECT set_config('pgserver.settings', '{"data.allowed_hosts": ""}', true) \g /dev/null
SELECT test.equals('not allowed any more', d ->> 'error_code', 'address_not_allowed') FROM test.discover(current_setting('test.crm')::uuid) AS d;

-- What is old is looked at again by itself, of each tenant what is its own.
RESET ROLE;
DELETE FROM work.jobs AS j WHERE j.kind = 'data.run_discovery';
UPDATE data.connections AS c SET status = CASE c.connection_id::text WHEN current_setting('test.push') THEN 'ACTIVE' ELSE 'PAUSED' END,
    last_discovery_at = now() - interval '7 hours' WHERE c.tenant_id = test.tenant(1);
INSERT INTO data.connections (tenant_id, connection_id, slug, name, connection_type, source_system, status, last_discovery_at)
SELECT test.tenant(2), test.person(2, n), 's' || n, 's' || n, 'push', 'x', 'ACTIVE', now() - make_interval(hours => n * 5) FROM generate_series(1, 2) AS n;
SELECT set_config('request.tenant_id', work.system_tenant()::text, true), set_config('request.claims', '', true), set_config('role', 'worker', true) \g /dev/null
SELECT test.is_true('enqueued', (d ->> 'enqueued')::int >= 2), test.equals('who asks again', auth.tenant_id(), work.system_tenant()) FROM data.discover_all('{}') AS d;
RESET ROLE;
SELECT test.equals('for each', jsonb_agg(jsonb_build_array(j.tenant_id, j.arguments ->> 'connection_id') ORDER BY j.tenant_id),
    jsonb_build_array(jsonb_build_array(test.tenant(1), current_setting('test.push')), jsonb_build_array(test.tenant(2), test.person(2, 2))))
FROM work.jobs AS j WHERE j.kind = 'data.run_discovery' AND j.tenant_id IN (test.tenant(1), test.tenant(2));
SELECT test.equals('a discovery each', count(*), 1) FROM data.discoveries AS d WHERE d.tenant_id = test.tenant(2);
SELECT test.become_member(2, permissions => '{connections.write}');
SELECT set_config('role', 'worker', true) \g /dev/null
SELECT test.raises($$SELECT data.discover_all('{}')$$, 'PT403', 'forbidden');

-- A neighbour sees none of it, and sets nothing of it aside.
SELECT test.become_member(2, permissions => '{connections.write}');
SELECT test.equals('what a neighbour sees', (SELECT count(*) FROM data.schema_snapshots) + (SELECT count(*) FROM data.drift_events) + (SELECT count(*) FROM data.discoveries AS d WHERE d.version IS NOT NULL), 0);
RESET ROLE;
SELECT set_config('test.drift', d.drift_event_id::text, true) FROM data.drift_events AS d WHERE d.tenant_id = test.tenant(1) LIMIT 1 \g /dev/null
SELECT test.become_member(2, permissions => '{connections.write}');
SELECT test.raises(format('SELECT data.ignore_drift(%L)', current_setting('test.drift')), 'PT404', 'not_found');
SELECT test.become_member(2, permissions => '{}');
SELECT test.raises(format('SELECT data.ignore_drift(%L)', current_setting('test.drift')), 'PT403', 'forbidden');
