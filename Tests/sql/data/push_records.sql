-- What an outside extractor pushes is kept once, whatever is sent twice, and only under its own connection.
RESET ROLE;
INSERT INTO data.connections (tenant_id, connection_id, slug, name, connection_type, source_system)
SELECT test.tenant(n), test.person(n), 'crm', 'CRM', 'salesforce', 'salesforce' FROM generate_series(1, 2) AS n;
INSERT INTO data.connections (tenant_id, connection_id, slug, name, connection_type, source_system, status)
VALUES (test.tenant(1), test.person(3), 'database', 'Database', 'postgres', 'postgres', 'ACTIVE'),
       (test.tenant(1), test.person(4), 'paused', 'Paused', 'push', 'push', 'PAUSED'),
       (test.tenant(1), test.person(5), 'gone', 'Gone', 'push', 'push', 'DISCONNECTED');
CREATE FUNCTION test.push(cursor text, records jsonb, VARIADIC deleted_keys text[] DEFAULT '{}')
RETURNS jsonb LANGUAGE sql
RETURN data.push_records(current_setting('test.id')::uuid, 'Account', push.cursor, push.records, to_jsonb(push.deleted_keys), 'Id');
CREATE FUNCTION test.held()
RETURNS text LANGUAGE sql
RETURN (SELECT string_agg(r.row_no || ':' || r.source_key || CASE WHEN r.is_deleted THEN '-' ELSE '=' || COALESCE(r.source_row ->> 'Name', '') END, ' ' ORDER BY r.row_no) FROM data.source_rows AS r);
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT set_config('test.id', test.person(1)::text, true) \g /dev/null
-- Each fault is named.
SELECT test.raises(format('SELECT data.push_records(%L, %L, %L, %L, %L, %L, NULL, %L)', current_setting('test.id'), c.relation, c.cursor, c.records, c.keys, c.key_field, c.schema), 'PT400', c.fault)
FROM (VALUES
    ('',        'c', '[]',  '[]',     'Id', '{}',       '"relation"'),
    ('Account', '',  '[]',  '[]',     'Id', '{}',       '"cursor"'),
    ('Account', 'c', '{}',  '[]',     'Id', '{}',       '"records"'),
    ('Account', 'c', '[]',  '[null]', 'Id', '{}',       '"deleted_keys"'),
    ('Account', 'c', '[]',  '7',      'Id', '{}',       '"deleted_keys"'),
    ('Account', 'c', '[]',  '[]',     NULL, '{}',       '"key_field"'),
    ('Account', 'c', '[]',  '[]',     '',   '{}',       '"key_field"'),
    ('Account', 'c', '[]',  '[]',     'Id', '[]',       '"schema"'),
    ('Account', 'c', '[]',  '[]',     'Id', '{"a": 1}', '"schema"'),
    ('Account', 'c', (SELECT jsonb_agg('{"Id": 1}'::jsonb) FROM generate_series(1, 10001))::text, '[]', 'Id', '{}', 'too_many')
) AS c (relation, cursor, records, keys, key_field, schema, fault);
SELECT test.equals('relations made by what was refused', count(*), 0) FROM data.source_relations;

-- A first batch. What cannot be kept is named by its place; of one key the last record counts.
SELECT test.equals('a first batch', test.push('c1', '[
    {"Id": "a", "Name": "Ada"}, {"Id": 7, "Name": "Seven"}, 5, {"Name": "nobody"}, {"Id": ""}, {"Id": {}},
    {"Id": "b", "Name": "old"}, {"Id": "b", "Name": "Bob"}]'), '{
    "relation": "Account", "cursor": "c1", "accepted": 3, "updated": 0, "deleted": 0, "rejected": [
        {"index": 2, "reason": "A record is an object."},
        {"index": 3, "reason": "The field \"Id\" holds no key."}, {"index": 4, "reason": "The field \"Id\" holds no key."},
        {"index": 5, "reason": "The field \"Id\" holds no key."},
        {"index": 6, "reason": "A later record of the batch has the same key."}]}');
SELECT test.equals('what is held', test.held(), '1:a=Ada 2:7=Seven 3:b=Bob');
SELECT test.equals('the connection', status, 'ACTIVE') FROM data.connections WHERE connection_id = test.person(1);

-- What changes takes a new number, so that a reader who remembers the last one sees it; what does not, does not.
SELECT test.equals('a second', test.push('c2', '[{"Id": "a", "Name": "Ada"}, {"Id": "b", "Name": "Bobby"}, {"Id": "d"}]', '7', 'nobody')
    - 'relation' - 'cursor', '{"accepted": 3, "updated": 1, "deleted": 1, "rejected": []}');
SELECT test.equals('what is held', test.held(), '1:a=Ada 4:b=Bobby 5:d= 6:7-');
SELECT test.equals('of the relation', jsonb_build_array(r.last_cursor, r.row_count, r.last_row_no, r.columns, r.key_field), '["c2", 3, 6, ["Id", "Name"], "Id"]')
FROM data.source_relations AS r;

-- Sent again: the same answer and nothing else. Another batch under the same cursor: no.
SELECT test.equals('again', test.push('c2', '[{"Id": "a", "Name": "Ada"}, {"Id": "b", "Name": "Bobby"}, {"Id": "d"}]', '7', 'nobody')
    - 'relation' - 'cursor', '{"accepted": 3, "updated": 1, "deleted": 1, "rejected": []}');
SELECT test.equals('the first, late', test.push('c1', '[
    {"Id": "a", "Name": "Ada"}, {"Id": 7, "Name": "Seven"}, 5, {"Name": "nobody"}, {"Id": ""}, {"Id": {}},
    {"Id": "b", "Name": "old"}, {"Id": "b", "Name": "Bob"}]') -> 'accepted', '3');
SELECT test.equals('what is held', test.held(), '1:a=Ada 4:b=Bobby 5:d= 6:7-');
SELECT test.raises($$SELECT test.push('c2', '[]')$$, 'PT409', 'cursor_reused');

-- A record that was removed comes back; one that is sent and removed at once is removed.
SELECT test.equals('back', test.push('c3', '[{"Id": "7", "Name": "Seven"}, {"Id": "e"}]', 'e') - 'relation' - 'cursor',
    '{"accepted": 2, "updated": 0, "deleted": 1, "rejected": []}');
SELECT test.equals('what is held', test.held(), '1:a=Ada 4:b=Bobby 5:d= 7:7=Seven 9:e-');
SELECT test.equals('rows', r.row_count, 4::bigint) FROM data.source_relations AS r;

-- Who states the cursor before this one hears if another has come between.
SELECT test.raises($$SELECT data.push_records(current_setting('test.id')::uuid, 'Account', 'c5', previous_cursor => 'c2')$$, 'PT409', 'The last cursor is "c3".');
SELECT test.raises($$SELECT data.push_records(current_setting('test.id')::uuid, 'New', 'c1', key_field => 'Id', previous_cursor => 'c0')$$, 'PT409', 'cursor_mismatch');
SELECT test.equals('behind the last', data.push_records(current_setting('test.id')::uuid, 'Account', 'c4', previous_cursor => 'c3', schema => '{"Id": "id"}') ->> 'cursor', 'c4');
SELECT test.equals('what was said of the fields', declared_schema, '{"Id": "id"}'::jsonb) FROM data.source_relations;
SELECT test.raises($$SELECT data.push_records(current_setting('test.id')::uuid, 'Account', 'c5', key_field => 'Name')$$, 'PT409', 'key_field_changed');

-- Only where records are pushed, and only with the permission.
SELECT test.raises(format('SELECT data.push_records(%L, %L, %L)', c.id, 'r', 'c'), c.state, c.code)
FROM (VALUES (test.person(3), 'PT409', 'connection_kind'), (test.person(4), 'PT409', 'connection_paused'),
    (test.person(5), 'PT409', 'disconnected'), (test.person(2), 'PT404', 'not_found')) AS c (id, state, code);
SELECT test.become_member(1, permissions => '{}');
SELECT test.raises($$SELECT test.push('c9', '[]')$$, 'PT403', 'forbidden');

-- A neighbour sees nothing of it, and has relations of the same name.
SELECT test.become_member(2, permissions => '{connections.write}');
SELECT test.equals('rows a neighbour sees', count(*), 0) FROM data.source_rows;
SELECT test.raises('SELECT count(*) FROM data.push_batches', '42501');
SELECT set_config('test.id', test.person(2)::text, true) \g /dev/null
SELECT test.equals('the neighbour''s own', test.push('c2', '[{"Id": "a"}]') -> 'accepted', '1');

-- What is old is forgotten, of every tenant, but for the last of each relation.
RESET ROLE;
UPDATE data.push_batches SET received_at = now() - interval '31 days' WHERE tenant_id IN (test.tenant(1), test.tenant(2));
SELECT set_config('request.tenant_id', work.system_tenant()::text, true) \g /dev/null
SET LOCAL ROLE worker;
SELECT test.equals('the first look', data.forget_pushes('{"max_count": 2}'), '{"removed": 2}');
SELECT test.equals('the second', data.forget_pushes('{}'), '{"removed": 1}');
RESET ROLE;
SELECT test.equals('what is left', string_agg(cursor, ',' ORDER BY cursor), 'c2,c4') FROM data.push_batches
WHERE tenant_id IN (test.tenant(1), test.tenant(2));
