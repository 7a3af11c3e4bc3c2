-- A drift is repaired where that is sure, and asked about where not; what nothing is mapped of is left alone.
RESET ROLE;
INSERT INTO data.connections (tenant_id, connection_id, slug, name, connection_type, source_system, status)
SELECT test.tenant(n), test.person(n), 'source', 'Source', 'salesforce', 'salesforce', 'ACTIVE' FROM generate_series(1, 2) AS n;
INSERT INTO data.schema_snapshots (tenant_id, connection_id, version, relations, fingerprint)
VALUES
    (test.tenant(1), test.person(1), 1, '[{"relation": "Contact", "key_columns": ["Id"], "columns": [
        {"column": "Id", "type": "text"}, {"column": "Mail", "type": "text"}, {"column": "First", "type": "text"},
        {"column": "Surname", "type": "text"}, {"column": "Street", "type": "text"}, {"column": "City", "type": "text"},
        {"column": "Since", "type": "date"}, {"column": "Job", "type": "text"}, {"column": "Level", "type": "text"},
        {"column": "Size", "type": "numeric"}]}]', '\x01');
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT set_config('test.mapping', data.create_mapping(
    test.person(1), 'contact', 'Contact', 'Id', '[
        {"canonical_field": "email", "vendor_field": "Mail", "coercion": "lowercase"},
        {"canonical_field": "first_name", "vendor_field": "First"},
        {"canonical_field": "last_name", "vendor_field": "Surname"},
        {"canonical_field": "phone", "vendor_field": "Street", "coercion": {"concat": ["City"], "separator": ", "}},
        {"canonical_field": "created_at", "vendor_field": "Since"},
        {"canonical_field": "owner_id", "vendor_field": "Job"}]')::text, true) \g /dev/null
SELECT data.create_mapping(
    test.person(1), 'record', 'Contact', 'Id', '[
        {"canonical_field": "level", "vendor_field": "Level"}, {"canonical_field": "size", "vendor_field": "Size"}]',
    record_type => 'rank') \g /dev/null
RESET ROLE;
-- Everything of it changes at once: what a drift says is all that is known.
INSERT INTO data.schema_snapshots (tenant_id, connection_id, version, relations, fingerprint)
VALUES
    (test.tenant(1), test.person(1), 2, '[{"relation": "Contact", "key_columns": ["Key"], "columns": [
        {"column": "Key", "type": "text"}, {"column": "email_address", "type": "text"}, {"column": "Vorname", "type": "text"},
        {"column": "family_name", "type": "text"}, {"column": "Street", "type": "text"}, {"column": "Town", "type": "text"},
        {"column": "Since", "type": "text", "sample": ["31/12/2025"]}, {"column": "job_title", "type": "text"},
        {"column": "Level", "type": "integer"}, {"column": "Size", "type": "boolean"}]}]', '\x02');
CREATE FUNCTION test.drift(event_type text, field text, new_field text, confidence numeric)
RETURNS uuid LANGUAGE sql AS $$
    INSERT INTO data.drift_events (tenant_id, connection_id, version, event_type, relation, field, new_field, old_schema, new_schema, confidence)
    VALUES (test.tenant(1), test.person(1), 2, drift.event_type, 'Contact', drift.field, drift.new_field, '{}', '{}', drift.confidence)
    RETURNING drift_event_id
$$;
CREATE TEMP TABLE drifts ON COMMIT DROP AS
SELECT d.name, test.drift(d.event_type, d.field, d.new_field, d.confidence) AS drift_event_id
FROM (VALUES
    ('sure rename',        'field_renamed', 'Id',      'Key',           0.95),
    ('known name',         'field_renamed', 'Mail',    'email_address', 0.5),
    ('doubtful rename',    'field_renamed', 'First',   'Vorname',       0.6),
    ('removed, replaced',  'field_removed', 'Surname', NULL,            1.0),
    ('removed, gone',      'field_removed', 'Job',     NULL,            1.0),
    ('joined column',      'field_renamed', 'City',    'Town',          0.9),
    ('type',               'type_changed',  'Since',   NULL,            1.0),
    ('any type is text',   'type_changed',  'Level',   NULL,            1.0),
    ('no such type',       'type_changed',  'Size',    NULL,            1.0),
    ('unmapped',           'field_renamed', 'Nothing', 'Something',     1.0),
    ('table added',        'table_added',   NULL,      NULL,            1.0),
    ('added',              'field_added',   'job_title', NULL,          1.0)
) AS d (name, event_type, field, new_field, confidence);
GRANT SELECT ON drifts TO member;
SELECT test.become_member(1, permissions => '{connections.write}');

SELECT test.equals(d.name, data.repair_drift(d.drift_event_id), w.status)
FROM (VALUES
    (1, 'sure rename',       'auto_repaired'),
    (2, 'known name',        'auto_repaired'),
    (3, 'doubtful rename',   'queued'),
    (4, 'removed, replaced', 'auto_repaired'),
    (5, 'removed, gone',     'queued'),
    (6, 'joined column',     'auto_repaired'),
    (7, 'type',              'auto_repaired'),
    (7, 'any type is text',  'auto_repaired'),
    (7, 'no such type',      'queued'),
    (8, 'unmapped',          'detected'),
    (9, 'table added',       'detected'),
    (10, 'added',            'auto_repaired')
) AS w (rank, name, status)
JOIN drifts AS d USING (name)
ORDER BY w.rank;
-- A second call changes nothing.
SELECT test.equals(d.name, data.repair_drift(d.drift_event_id), e.status)
FROM drifts AS d JOIN data.drift_events AS e USING (drift_event_id);
SELECT test.equals('resolved exactly if repaired', bool_and((e.resolved_at IS NOT NULL) = (e.status = 'auto_repaired')), true)
FROM data.drift_events AS e;

SELECT test.equals('the key', m.key_column, 'Key') FROM data.mappings AS m;
SELECT test.equals('the mapping', jsonb_object_agg(f.canonical_field, jsonb_build_array(f.vendor_field, f.coercion)), '{
    "email": ["email_address", "lowercase"], "first_name": ["First", null], "last_name": ["family_name", null],
    "phone": ["Street", [{"concat": ["Town"], "separator": ", "}]], "created_at": ["Since", {"date": "DD/MM/YYYY"}],
    "owner_id": ["Job", null], "title": ["job_title", null]}'::jsonb)
FROM data.mapping_fields AS f JOIN data.mappings AS m USING (mapping_id) WHERE m.entity = 'contact';

-- A person decides the rest: accepted is repaired, rejected stays as it is.
SELECT test.equals('accepted', (data.accept_suggestion(s.suggestion_id)).status, 'accepted')
FROM data.mapping_suggestions AS s WHERE s.vendor_field = 'Vorname';
SELECT test.equals('repaired', f.vendor_field, 'Vorname') FROM data.mapping_fields AS f WHERE f.canonical_field = 'first_name';
SELECT test.equals('the drift', e.status, 'repaired') FROM data.drift_events AS e JOIN drifts AS d USING (drift_event_id) WHERE d.name = 'doubtful rename';
SELECT test.equals('what is asked', jsonb_object_agg(s.canonical_field, s.vendor_field), '{"owner_id": null, "size": null}')
FROM data.mapping_suggestions AS s WHERE s.status = 'pending';
SELECT test.equals('rejected', (data.reject_suggestion(s.suggestion_id)).status, 'rejected')
FROM data.mapping_suggestions AS s WHERE s.status = 'pending';
SELECT test.equals('the drift', e.status, 'rejected') FROM data.drift_events AS e JOIN drifts AS d USING (drift_event_id) WHERE d.name = 'removed, gone';

-- A table that is gone: the mapping goes when a person says so.
RESET ROLE;
INSERT INTO drifts SELECT 'table removed', test.drift('table_removed', NULL, NULL, 1);
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT test.equals('asked', data.repair_drift(d.drift_event_id), 'queued') FROM drifts AS d WHERE d.name = 'table removed';
SELECT test.equals('accepted', (data.accept_suggestion(s.suggestion_id)).status, 'accepted')
FROM data.mapping_suggestions AS s WHERE s.status = 'pending';
SELECT test.equals('mappings', count(*), 0::bigint) FROM data.mappings;

-- What cannot be done is said and changes nothing: a field that must be mapped.
RESET ROLE;
INSERT INTO data.schema_snapshots (tenant_id, connection_id, version, relations, fingerprint)
VALUES (test.tenant(1), test.person(1), 3, '[{"relation": "Account", "key_columns": ["Id"], "columns": [
    {"column": "Id", "type": "text"}, {"column": "Label", "type": "text"}]}]', '\x03');
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT data.create_mapping(test.person(1), 'account', 'Account', 'Id', '[{"canonical_field": "name", "vendor_field": "Label"}]') \g /dev/null
RESET ROLE;
INSERT INTO data.drift_events (tenant_id, connection_id, version, event_type, relation, field, old_schema, new_schema, confidence)
VALUES (test.tenant(1), test.person(1), 2, 'field_removed', 'Account', 'Label', '{}', '{}', 1);
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT test.equals('asked', data.repair_drift(e.drift_event_id), 'queued') FROM data.drift_events AS e WHERE e.relation = 'Account';
SELECT test.raises($$SELECT data.accept_suggestion(s.suggestion_id) FROM data.mapping_suggestions AS s WHERE s.status = 'pending'$$, 'PT409', 'not_applicable');
SELECT test.equals('still asked', count(*), 1::bigint) FROM data.mapping_suggestions AS s WHERE s.status = 'pending';

-- The neighbour's drift is out of reach.
SELECT set_config('test.drift', (SELECT d.drift_event_id::text FROM drifts AS d LIMIT 1), true) \g /dev/null
SELECT test.become_member(2, permissions => '{connections.write}');
SELECT test.raises(format('SELECT data.repair_drift(%L)', current_setting('test.drift')), 'PT404', 'not_found');
SELECT test.become_member(1, permissions => '{}');
SELECT test.raises(format('SELECT data.repair_drift(%L)', current_setting('test.drift')), 'PT403', 'forbidden');
