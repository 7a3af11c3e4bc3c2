-- Syncs in steps, of rows that are kept here: files, that are told apart by number, and pushed records, by their key.
-- Between its steps everything a sync knows is in its tables, so the test plays the worker.
SET LOCAL client_min_messages = warning;
RESET ROLE;
INSERT INTO data.connections (tenant_id, connection_id, slug, name, connection_type, source_system, status)
VALUES (test.tenant(1), test.person(1), 'files', 'Files', 'filesource', 'filesource', 'ACTIVE'),
       (test.tenant(1), test.person(2), 'pushed', 'Pushed', 'hubspot', 'hubspot', 'ACTIVE');
INSERT INTO data.schema_snapshots (tenant_id, connection_id, version, relations, fingerprint)
VALUES
    (test.tenant(1), test.person(1), 1, '[{"relation": "flights", "columns": [
        {"column": "carrier", "type": "text"}, {"column": "delay", "type": "integer"}, {"column": "day", "type": "date"},
        {"column": "at", "type": "timestamptz"}, {"column": "late", "type": "boolean"}]}]', '\x01'),
    (test.tenant(1), test.person(2), 1, '[{"relation": "contacts", "columns": [
        {"column": "vid", "type": "integer"}, {"column": "email", "type": "text"}, {"column": "first", "type": "text"},
        {"column": "last", "type": "text"}, {"column": "tags", "type": "json"}]}]', '\x02');
CREATE FUNCTION pg_temp.load(id uuid, name text, key text, number int, rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO data.source_relations (tenant_id, connection_id, relation, key_field, generation)
    VALUES (test.tenant(1), id, name, key, number) ON CONFLICT (tenant_id, connection_id, relation) DO NOTHING;
    DELETE FROM data.source_rows AS s USING jsonb_array_elements(rows) AS r (entry)
    WHERE s.connection_id = id AND s.relation = name AND s.generation = number AND s.source_key = r.entry ->> key;
    INSERT INTO data.source_rows (tenant_id, connection_id, relation, generation, row_no, source_key, source_row, is_deleted)
    SELECT test.tenant(1), id, name, number, t.last_row_no + r.position, r.entry ->> key, r.entry - 'gone', r.entry ? 'gone'
    FROM jsonb_array_elements(rows) WITH ORDINALITY AS r (entry, position)
    CROSS JOIN (SELECT CASE s.generation WHEN number THEN s.last_row_no ELSE 0 END AS last_row_no FROM data.source_relations AS s
                WHERE s.connection_id = id AND s.relation = name) AS t;
    UPDATE data.source_relations AS s SET generation = number, last_row_no = m.last, row_count = m.total
    FROM (SELECT max(row_no) AS last, count(*) AS total FROM data.source_rows AS r
          WHERE r.connection_id = id AND r.relation = name AND r.generation = number) AS m
    WHERE s.connection_id = id AND s.relation = name
$$;
-- Begins a sync and does its steps until it has ended; gives what came of it.
CREATE FUNCTION pg_temp.sync(id uuid, mode text DEFAULT 'incremental') RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    v_sync      data.syncs;
    v_arguments jsonb;
BEGIN
    PERFORM test.become_member(1, permissions => '{connections.write}');
    PERFORM data.start_sync(sync.id, sync.mode);
    SELECT * INTO v_sync FROM data.syncs WHERE connection_id = sync.id AND status = 'queued';
    FOR v_step IN 1 .. 100 LOOP
        PERFORM set_config('role', 'none', true);
        DELETE FROM work.jobs AS j USING data.syncs AS s
        WHERE s.sync_id = v_sync.sync_id AND j.job_id = s.job_id RETURNING j.arguments INTO v_arguments;
        PERFORM set_config('role', 'worker', true);
        EXIT WHEN data.run_sync(v_arguments) ->> 'status' <> 'running';
    END LOOP;
    PERFORM set_config('role', 'none', true);
    SELECT * INTO v_sync FROM data.syncs WHERE sync_id = v_sync.sync_id;
    RETURN jsonb_build_array(v_sync.status, v_sync.rows_read, v_sync.rows_inserted, v_sync.rows_updated, v_sync.rows_unchanged, v_sync.rows_rejected, v_sync.rows_removed);
END;
$$;

SELECT pg_temp.load(test.person(1), 'flights', NULL, 1, '[
    {"carrier": " UA ", "delay": "2",     "day": "2013-01-01", "at": "2013-01-01T05:00:00Z",      "late": "false"},
    {"carrier": "AA",   "delay": "-4.50", "day": "2013-02-29", "at": "2013-01-31 23:30:00+02",    "late": "yes"},
    {"carrier": "",     "delay": null,    "day": "2012-02-29", "at": "2013-06-30",                "late": null},
    {"carrier": "B6",   "delay": "NA",    "day": "2013-12-31", "at": "2013-01-01 05:00:00.25-05", "late": "T"}]') \g /dev/null
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT data.create_mapping(test.person(1), 'record', 'flights', NULL, '[
    {"canonical_field": "carrier", "vendor_field": "carrier", "coercion": ["trim", "lowercase"]},
    {"canonical_field": "delay", "vendor_field": "delay", "coercion": {"NA": ""}}, {"canonical_field": "day", "vendor_field": "day"},
    {"canonical_field": "at", "vendor_field": "at"}, {"canonical_field": "late", "vendor_field": "late"},
    {"canonical_field": "route", "vendor_field": "carrier", "coercion": [{"concat": ["delay"], "separator": "/"}, {"split": {"separator": "/", "part": -1}}]}]',
    record_type => 'flight', on_removal => 'delete') \g /dev/null
SELECT test.equals('the first sync', pg_temp.sync(test.person(1)), '["succeeded", 4, 3, 0, 0, 1, 0]');
SELECT test.equals('the records', jsonb_object_agg(r.source_key, r.fields), '{
    "1": {"carrier": "ua", "delay": 2,    "day": "2013-01-01", "at": "2013-01-01T05:00:00+00:00", "late": false, "route": "2"},
    "3": {"day": "2012-02-29", "at": "2013-06-30T00:00:00+00:00"},
    "4": {"carrier": "b6", "day": "2013-12-31", "at": "2013-01-01T10:00:00.25+00:00", "late": true, "route": "NA"}}')
FROM data.records AS r;
SELECT test.equals('the reject', jsonb_build_array(j.source_key, j.faults, j.source_row ->> 'carrier'),
    '["2", [{"field": "day", "vendor_field": "day", "code": "not_a_date"}], "AA"]')
FROM data.sync_rejects AS j;
SELECT test.equals('its connection', jsonb_build_array(c.status, c.health, c.last_sync_status, c.last_sync_records, c.last_sync_bytes > 0), '["ACTIVE", "degraded", "succeeded", 4, true]')
FROM data.connections AS c WHERE c.connection_id = test.person(1);

-- What is appended is read and nothing else; a full sync reads all, and writes what differs.
SELECT pg_temp.load(test.person(1), 'flights', NULL, 1, '[{"carrier": "WN", "delay": "1"}]') \g /dev/null
SELECT test.equals('one more row', pg_temp.sync(test.person(1)), '["succeeded", 1, 1, 0, 0, 0, 0]');
SELECT test.equals('nothing new', pg_temp.sync(test.person(1)), '["succeeded", 0, 0, 0, 0, 0, 0]');
UPDATE data.records SET fields = '{}' WHERE source_key = '5';
SELECT test.equals('a full sync', pg_temp.sync(test.person(1), 'full'), '["succeeded", 5, 0, 1, 3, 1, 0]');
-- A file that replaces it is read from its start, and its rows are all there are.
SELECT pg_temp.load(test.person(1), 'flights', NULL, 2, '[{"carrier": "UA", "delay": "2", "day": "2013-01-01", "at": "2013-01-01T05:00:00Z", "late": "f"}, {"carrier": "DL", "day": "2013-01-01"}]') \g /dev/null
SELECT test.equals('another file', pg_temp.sync(test.person(1)), '["succeeded", 2, 1, 0, 1, 0, 3]');
SELECT test.equals('what there is then', array_agg(r.source_key ORDER BY r.source_key), '{1,2}') FROM data.records AS r;
SELECT test.equals('rejects that have healed', count(*), 0) FROM data.sync_rejects;

-- Pushed records: by their key, whatever their number, and gone when the system says so.
SELECT pg_temp.load(test.person(2), 'contacts', 'vid', 1, '[
    {"vid": 7, "email": "Ada@Example.COM ", "first": "Ada", "last": "Lovelace", "tags": ["a", {"b": null}]},
    {"vid": 8, "email": "grace@example.com", "first": "Grace", "last": ""}, {"vid": 9, "email": "x@example.com"}]') \g /dev/null
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT data.create_mapping(test.person(2), 'contact', 'contacts', NULL, '[
    {"canonical_field": "email", "vendor_field": "email", "coercion": ["trim", "lowercase"]},
    {"canonical_field": "last_name", "vendor_field": "first", "coercion": {"concat": ["last"]}}]') \g /dev/null
SELECT test.equals('pushed', pg_temp.sync(test.person(2)), '["succeeded", 3, 3, 0, 0, 0, 0]');
SELECT test.equals('the contacts', jsonb_agg(jsonb_build_array(c.source_key, c.email, c.last_name, c.extras, c.external_ids) ORDER BY c.source_key), '[
    ["7", "ada@example.com", "Ada Lovelace", {"last": "Lovelace", "tags": ["a", {}]}, {"hubspot": "7"}],
    ["8", "grace@example.com", "Grace", {"last": ""}, {"hubspot": "8"}], ["9", "x@example.com", null, {}, {"hubspot": "9"}]]')
FROM data.contacts AS c;
SELECT pg_temp.load(test.person(2), 'contacts', 'vid', 1, '[{"vid": 8, "email": "hopper@example.com"}, {"vid": 9, "gone": true}, {"vid": 10, "email": "new@example.com"}]') \g /dev/null
SELECT test.equals('changed, gone, new', pg_temp.sync(test.person(2)), '["succeeded", 2, 1, 1, 0, 0, 1]');
SELECT test.equals('what there is then', array_agg(c.source_key || CASE WHEN c.source_removed_at IS NULL THEN '' ELSE ' gone' END ORDER BY c.source_key), array['10', '7', '8', '9 gone'])
FROM data.contacts AS c;
SELECT test.equals('told once', pg_temp.sync(test.person(2), 'full'), '["succeeded", 3, 0, 0, 3, 0, 0]');

-- A row that its table does not take is rejected alone, with the name of the rule.
ALTER TABLE data.contacts ADD CONSTRAINT contacts_probe_check CHECK (email <> 'bad@example.com');
SELECT pg_temp.load(test.person(2), 'contacts', 'vid', 1, (SELECT jsonb_agg(jsonb_build_object('vid', n, 'email', CASE n WHEN 133 THEN 'bad@example.com' ELSE n || '@example.com' END)) FROM generate_series(101, 400) AS n)) \g /dev/null
SELECT test.equals('one bad row among many', pg_temp.sync(test.person(2)), '["succeeded", 300, 299, 0, 0, 1, 0]');
SELECT test.equals('why', jsonb_build_array(j.source_key, j.faults), '["133", [{"field": null, "vendor_field": null, "code": "contacts_probe_check"}]]') FROM data.sync_rejects AS j;

-- Cancelled, and ended by a pause, between two steps.
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT data.start_sync(test.person(2)) \g /dev/null
SELECT set_config('test.sync', s.sync_id::text, true) FROM data.syncs AS s WHERE s.status = 'queued' \g /dev/null
SELECT test.equals('cancelled', data.cancel_sync(current_setting('test.sync')::uuid), 'cancelled');
SELECT test.raises(format('SELECT data.cancel_sync(%L)', current_setting('test.sync')), 'PT409', 'sync_ended');
SELECT data.start_sync(test.person(2)) \g /dev/null
SELECT set_config('test.sync', s.sync_id::text, true) FROM data.syncs AS s WHERE s.status = 'queued' \g /dev/null
SELECT test.raises(format('SELECT data.sync(%L)', test.person(2)), 'PT409', 'connection_busy');
RESET ROLE;
UPDATE data.connections SET status = 'PAUSED' WHERE connection_id = test.person(2);
SET LOCAL ROLE worker;
SELECT test.equals('a step of a paused connection', data.run_sync(jsonb_build_object('sync_id', current_setting('test.sync'))) ->> 'status', 'cancelled');
SELECT test.equals('a step of a sync that has ended', data.run_sync(jsonb_build_object('sync_id', current_setting('test.sync'))) ->> 'status', 'cancelled');
RESET ROLE;
SELECT test.equals('what is said of it', jsonb_build_array(s.status, s.error_code), '["cancelled", "connection_paused"]') FROM data.syncs AS s WHERE s.sync_id = current_setting('test.sync')::uuid;

-- A sync whose job is gone holds nobody up.
UPDATE data.connections SET status = 'ACTIVE' WHERE connection_id = test.person(2);
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT data.start_sync(test.person(2)) \g /dev/null
RESET ROLE;
DELETE FROM work.jobs;
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT data.start_sync(test.person(2)) \g /dev/null
SELECT test.equals('the one that was lost', count(*), 1) FROM data.syncs AS s WHERE s.status = 'failed' AND s.error_code = 'job_lost';

-- A neighbour can neither run nor cancel it.
SELECT set_config('test.sync', s.sync_id::text, true) FROM data.syncs AS s WHERE s.status = 'queued' \g /dev/null
SELECT test.become_member(2, permissions => '{connections.write}');
SELECT test.raises(format('SELECT data.cancel_sync(%L)', current_setting('test.sync')), 'PT404', 'not_found');
SELECT set_config('role', 'worker', true) \g /dev/null
SELECT test.equals('for a neighbour it is not there', data.run_sync(jsonb_build_object('sync_id', current_setting('test.sync'))) ->> 'status', 'removed');
