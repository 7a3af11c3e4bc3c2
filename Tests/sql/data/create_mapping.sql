-- Mappings of files and pushes, of the tenant's own kinds of record, and what may be changed of them.
RESET ROLE;
INSERT INTO data.connections (tenant_id, connection_id, slug, name, connection_type, source_system, status)
VALUES (test.tenant(1), test.person(1), 'files', 'Files', 'filesource', 'filesource', 'ACTIVE'),
       (test.tenant(1), test.person(2), 'pushed', 'Pushed', 'hubspot', 'hubspot', 'ACTIVE'),
       (test.tenant(2), test.person(1), 'files', 'Files', 'filesource', 'filesource', 'ACTIVE');
INSERT INTO data.source_relations (tenant_id, connection_id, relation, key_field)
VALUES (test.tenant(1), test.person(1), 'flights', NULL), (test.tenant(1), test.person(2), 'contacts', 'vid');
INSERT INTO data.schema_snapshots (tenant_id, connection_id, version, relations, fingerprint)
VALUES
    (test.tenant(1), test.person(1), 1, '[{"relation": "flights", "columns": [{"column": "old", "type": "text"}]}]', '\x01'),
    (test.tenant(1), test.person(1), 2, '[{"relation": "flights", "columns": [
        {"column": "carrier", "type": "text", "is_nullable": false, "position": 1, "sample": ["UA"]},
        {"column": "dep_delay", "type": "integer", "is_nullable": true, "position": 2},
        {"column": "time_hour", "type": "timestamptz", "is_nullable": true, "position": 3}]}]', '\x02'),
    (test.tenant(1), test.person(2), 1, '[{"relation": "contacts", "columns": [
        {"column": "vid", "type": "integer"}, {"column": "email", "type": "text"}, {"column": "city", "type": "text"}]}]', '\x03');

SELECT test.become_member(1, permissions => '{connections.write}');
SELECT test.raises(format(
    'SELECT data.create_mapping(%L, %L, %L, %L, %L, record_type => %L)', test.person(1), c.entity, c.relation, c.key, c.fields, c.kind), 'PT400', c.fault)
FROM (VALUES
    ('record', 'nothing', NULL,  '[{"canonical_field": "carrier", "vendor_field": "carrier"}]', 'flight',   'source_relation'),
    ('record', 'flights', 'old', '[{"canonical_field": "carrier", "vendor_field": "carrier"}]', 'flight',   'key_column'),
    ('record', 'flights', NULL,  '[{"canonical_field": "carrier", "vendor_field": "carrier"}]', 'A flight', 'record_type'),
    ('record', 'flights', NULL,  '[{"canonical_field": "carrier", "vendor_field": "carrier"}]', NULL,       'record_type'),
    ('record', 'flights', NULL,  '[{"canonical_field": "Carrier", "vendor_field": "carrier"}]', 'flight',   'fields[0].canonical_field'),
    ('record', 'flights', NULL,  '[{"canonical_field": "carrier", "vendor_field": "old"}]',     'flight',   'fields[0].vendor_field'),
    ('record', 'flights', NULL,  '[{"canonical_field": "carrier", "vendor_field": "carrier", "data_type": "money"}]', 'flight', 'fields[0].data_type'),
    ('record', 'flights', NULL,  '[{"canonical_field": "carrier", "vendor_field": "carrier", "coercion": {"concat": ["gone"]}}]', 'flight', 'fields[0].coercion'),
    ('record', 'flights', NULL,  '["carrier"]',                                                 'flight',   'fields'),
    ('planet', 'flights', NULL,  '[{"canonical_field": "carrier", "vendor_field": "carrier"}]', NULL,       'entity')
) AS c (entity, relation, key, fields, kind, fault);

-- A kind of record is declared by its first mapping, with the types of the columns unless others are stated.
SELECT set_config('test.flights', data.create_mapping(test.person(1), 'record', 'flights', NULL, '[
    {"canonical_field": "carrier", "vendor_field": "carrier", "coercion": "trim", "confidence": 0.9},
    {"canonical_field": "delay", "vendor_field": "dep_delay"},
    {"canonical_field": "hour", "vendor_field": "time_hour", "data_type": "text"}]', 'time_hour', record_type => 'flight')::text, true) \g /dev/null
SELECT test.equals('the kind of record', t.fields, '[
    {"field": "carrier", "data_type": "text", "is_required": false}, {"field": "delay", "data_type": "numeric", "is_required": false},
    {"field": "hour", "data_type": "text", "is_required": false}]'), test.equals('its title', t.title, 'Flight')
FROM data.record_types AS t;
SELECT test.equals('the mapping', jsonb_build_array(m.entity, m.record_type, m.key_column, m.cursor_column, jsonb_array_length(m.source_columns)),
    '["record", "flight", null, null, 3]')
FROM data.mappings AS m;
SELECT test.equals('a pushed record has its key', m.key_column, 'vid')
FROM data.mappings AS m
WHERE m.mapping_id = data.create_mapping(test.person(2), 'contact', 'contacts', NULL, '[{"canonical_field": "email", "vendor_field": "email"}]');
SELECT test.raises(format('SELECT data.create_mapping(%L, %L, %L, %L, %L)', test.person(2), 'opportunity', 'contacts', 'email',
    '[{"canonical_field": "name", "vendor_field": "email"}]'), 'PT400', 'told apart by vid');
-- One that exists must have the fields.
SELECT test.raises(format('SELECT data.create_mapping(%L, %L, %L, NULL, %L, record_type => %L)', test.person(2), 'record', 'contacts', c.fields, 'flight'), 'PT400', c.fault)
FROM (VALUES ('[{"canonical_field": "city", "vendor_field": "city"}]',                         'fields[0].canonical_field'),
             ('[{"canonical_field": "delay", "vendor_field": "city", "data_type": "text"}]', 'fields[0].data_type')) AS c (fields, fault);

-- Changes touch what they name.
SELECT data.change_mapping(current_setting('test.flights')::uuid, '[
    {"canonical_field": "carrier", "vendor_field": "carrier", "coercion": ["trim", "uppercase"]},
    {"canonical_field": "hour", "vendor_field": null}, {"canonical_field": "hours", "vendor_field": "time_hour"}]') \g /dev/null
SELECT test.equals('the fields', jsonb_agg(jsonb_build_array(f.canonical_field, f.vendor_field, f.coercion, f.confidence) ORDER BY f.canonical_field),
    '[["carrier", "carrier", ["trim", "uppercase"], 1.000], ["delay", "dep_delay", null, 1.000], ["hours", "time_hour", null, 1.000]]')
FROM data.mapping_fields AS f WHERE f.mapping_id = current_setting('test.flights')::uuid;
SELECT test.equals('the kind has grown', t.fields -> 3, '{"field": "hours", "data_type": "timestamptz", "is_required": false}')
FROM data.record_types AS t;
SELECT test.raises(format('SELECT data.change_mapping(%L, %L)', current_setting('test.flights'), c.fields), 'PT400', c.fault)
FROM (VALUES
    ('[{"canonical_field": "delay", "vendor_field": "gone"}]', 'fields[0].vendor_field'),
    ('[{"canonical_field": "delay", "vendor_field": "dep_delay", "coercion": "explode"}]', 'fields[0].coercion'),
    ('[{"canonical_field": "carrier", "vendor_field": null}, {"canonical_field": "delay", "vendor_field": null},
       {"canonical_field": "hours", "vendor_field": null}]', 'at least one'),
    ('[]', 'fields')
) AS c (fields, fault);

-- One sync of a connection at a time, and none of one that is paused.
SELECT test.raises(format($$SELECT data.start_sync(%L, 'sideways')$$, test.person(1)), 'PT400', 'mode');
SELECT set_config('test.job', data.start_sync(test.person(1))::text, true) \g /dev/null
SELECT test.raises(format('SELECT data.start_sync(%L)', test.person(1)), 'PT409', 'connection_busy');
SELECT test.equals('the sync', jsonb_build_array(s.status, s.mode, s.job_id), jsonb_build_array('queued', 'incremental', current_setting('test.job')::bigint))
FROM data.syncs AS s;
RESET ROLE;
UPDATE data.connections SET status = 'PAUSED' WHERE connection_id = test.person(2);
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT test.raises(format('SELECT data.start_sync(%L)', test.person(2)), 'PT409', 'connection_paused');

-- A neighbour finds none of it, and a member without the permission changes nothing.
SELECT test.become_member(2, permissions => '{connections.write}');
SELECT test.equals('what a neighbour sees', (SELECT count(*) FROM data.syncs) + (SELECT count(*) FROM data.record_types), 0);
SELECT test.raises(format(c.call, current_setting('test.flights')), 'PT404', 'not_found')
FROM (VALUES ('SELECT data.drop_mapping(%L)'), ($$SELECT data.change_mapping(%L, '[{"canonical_field": "delay", "vendor_field": null}]')$$)) AS c (call);
SELECT test.raises(format('SELECT data.start_sync(%L)', test.person(2)), 'PT404', 'not_found');
SELECT test.become_member(1, permissions => '{}');
SELECT test.raises(format('SELECT data.drop_mapping(%L)', current_setting('test.flights')), 'PT403', 'forbidden');
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT data.drop_mapping(current_setting('test.flights')::uuid) \g /dev/null
SELECT test.equals('mappings left', count(*), 1) FROM data.mappings;
