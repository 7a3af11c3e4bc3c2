-- Files become rows: of any encoding and kind, in steps, all or nothing where they replace others, and what cannot be read
-- is told by its line.
RESET ROLE;
INSERT INTO data.connections (tenant_id, connection_id, slug, name, connection_type, source_system)
SELECT test.tenant(n), test.person(n), 'files', 'Files', 'filesource', 'filesource' FROM generate_series(1, 2) AS n;
INSERT INTO data.connections (tenant_id, connection_id, slug, name, connection_type, source_system, status)
VALUES (test.tenant(1), test.person(3), 'database', 'Database', 'postgres', 'postgres', 'ACTIVE'),
       (test.tenant(1), test.person(4), 'paused', 'Paused', 'filesource', 'filesource', 'PAUSED');

CREATE FUNCTION test.send(relation text, bytes bytea, name text DEFAULT 'x.csv', media_type text DEFAULT 'text/csv', mode text DEFAULT 'replace', connection_id uuid DEFAULT test.person(1))
RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    v_ticket CONSTANT jsonb := data.begin_upload(send.connection_id, send.relation, send.mode, send.name, send.media_type);
    v_size   CONSTANT int := octet_length(send.bytes);
    v_count  int := 0;
BEGIN
    WHILE v_count * 1048576 < v_size LOOP
        PERFORM core.append_file(v_ticket, v_count, substr(send.bytes, v_count * 1048576 + 1, 1048576));
        v_count := v_count + 1;
    END LOOP;
    RETURN (data.finish_upload(jsonb_build_object(
        'ticket', v_ticket, 'size_bytes', v_size, 'chunks', v_count, 'sha256', encode(sha256(send.bytes), 'hex')))).file_id;
END;
$$;
-- Does what the worker does, one piece a job. Says how many jobs it took.
CREATE FUNCTION test.load(file_id uuid)
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    v_steps int := 0;
    v_done  boolean := false;
BEGIN
    PERFORM set_config('role', 'worker', true);
    WHILE NOT v_done LOOP
        v_done := data.load_file(jsonb_build_object('file_id', load.file_id, 'step', '0 s')) -> 'is_finished';
        v_steps := v_steps + 1;
    END LOOP;
    PERFORM set_config('role', 'member', true);
    RETURN v_steps;
END;
$$;
CREATE FUNCTION test.rows(relation text)
RETURNS text LANGUAGE sql
RETURN (
    SELECT string_agg(r.row_no || ' ' || r.source_row::text, ' / ' ORDER BY r.row_no)
    FROM data.source_rows AS r
    JOIN data.source_relations AS s USING (tenant_id, connection_id, relation, generation)
    WHERE r.relation = rows.relation);
CREATE FUNCTION test.part(part_no int, bytes bytea)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_ticket CONSTANT jsonb := data.begin_part(test.person(1), current_setting('test.upload')::uuid, part.part_no);
BEGIN
    PERFORM core.append_file(v_ticket, 0, part.bytes);
    PERFORM data.finish_part(jsonb_build_object(
        'ticket', v_ticket, 'size_bytes', octet_length(part.bytes), 'chunks', 1, 'sha256', encode(sha256(part.bytes), 'hex')));
END;
$$;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA test TO PUBLIC;
SELECT test.become_member(1, permissions => '{connections.write}');

-- What is refused before a byte is sent.
SELECT test.raises(format('SELECT data.begin_upload(%L, %L, %L, %L, %L)', test.person(1), c.relation, c.mode, c.name, c.media_type), 'PT400', c.fault)
FROM (VALUES
    (NULL, 'replace', NULL,                  'text/csv',  '"relation"'),
    ('',   'replace', 'a.csv',               'text/csv',  '"relation"'),
    ('a',  'upsert',  'a.csv',               'text/csv',  '"mode"'),
    ('a',  'replace', repeat('a', 256),      'text/csv',  '"filename"'),
    ('a',  'replace', 'a.csv',               'image/png', '"content-type"')
) AS c (relation, mode, name, media_type, fault);
SELECT test.raises(format('SELECT data.begin_upload(%L, %L, %L, NULL, NULL)', c.id, 'a', 'replace'), c.state, c.code)
FROM (VALUES (test.person(3), 'PT409', 'connection_kind'), (test.person(4), 'PT409', 'connection_paused'),
    (test.person(2), 'PT404', 'not_found')) AS c (id, state, code);
SELECT test.equals('what the name says', data.begin_upload(test.person(1), NULL, 'replace', 'C:\a\flights.2013.csv', NULL) - 'file_id' - 'connection_id',
    '{"relation": "flights.2013", "mode": "replace", "name": "flights.2013.csv", "media_type": "application/octet-stream"}');

-- Each kind of file, told from its name, its type or its beginning.
SELECT test.load(test.send(c.relation, c.bytes, c.name, c.media_type)) FROM (VALUES
    ('utf-8',    convert_to(E'\uFEFFid;name\r\n1;Zoë\r\n2;\r\n', 'UTF8'),            'a.csv',  'text/csv'),
    ('utf-16',   '\xfffe69006400090061000a003100090061d8'::bytea || '\x30dc0a00',    'a.txt',  'text/plain'),
    ('1252',     '\x69642c6e0a312c80e90a'::bytea,                                    'a.csv',  'text/csv'),
    ('cr',       E'a,b\r1,2\r3,4',                                                   'a.csv',  'application/octet-stream'),
    ('array',    '[{"a": 1, "b": null}, 7, {"c": [1]}]',                             'x.json', 'application/json'),
    ('ndjson',   convert_to(E'{"a": 1}\n\n[1]\n{"a": \n{"a": "\\u0000"}\n{"b": "x"}', 'UTF8'), 'x',      'application/octet-stream'),
    ('lines',    E'{"a": 1}\n{"a": 2}\n',                                            'x.json', 'application/json'),
    ('ragged',   E'a,b\n1\n1,2,3\n"x\n1,2\n',                                        'a.csv',  'text/csv'),
    ('names',    E'a,,a\n1,2,3\n',                                                   'a.csv',  'text/csv'),
    ('empty',    E'a,b\n',                                                           'a.csv',  'text/csv')
) AS c (relation, bytes, name, media_type);
SELECT test.equals(c.relation, test.rows(c.relation), c.wanted) FROM (VALUES
    ('utf-8',  '1 {"id": "1", "name": "Zoë"} / 2 {"id": "2", "name": null}'),
    ('1252',   '1 {"n": "€é", "id": "1"}'),
    ('cr',     '1 {"a": "1", "b": "2"} / 2 {"a": "3", "b": "4"}'),
    ('array',  '1 {"a": 1, "b": null} / 2 {"c": [1]}'),
    ('ndjson', '1 {"a": 1} / 2 {"b": "x"}'),
    ('lines',  '1 {"a": 1} / 2 {"a": 2}'),
    ('ragged', '1 {"a": "1", "b": "2"}'),
    ('names',  '1 {"a": "1", "a_2": "3", "column_2": "2"}'),
    ('empty',  NULL)
) AS c (relation, wanted);
SELECT test.equals('what was found out of ' || f.relation, jsonb_build_array(f.status, f.format, f.encoding, f.delimiter, f.columns, f.line_count, f.row_count, f.bad_line_count), c.wanted::jsonb)
FROM (VALUES
    ('utf-8',  '["loaded", "csv", "utf-8", ";", ["id", "name"], 3, 2, 0]'),
    ('utf-16', '["loaded", "csv", "utf-16le", "\t", ["id", "a"], 2, 1, 0]'),
    ('1252',   '["loaded", "csv", "windows-1252", ",", ["id", "n"], 2, 1, 0]'),
    ('array',  '["loaded", "json", "utf-8", null, ["a", "b", "c"], 3, 2, 1]'),
    ('ndjson', '["loaded", "ndjson", "utf-8", null, ["a", "b"], 6, 2, 3]'),
    ('ragged', '["loaded", "csv", "utf-8", ",", ["a", "b"], 5, 1, 3]'),
    ('empty',  '["loaded", "csv", "utf-8", ",", ["a", "b"], 1, 0, 0]')
) AS c (relation, wanted)
LEFT JOIN data.source_files AS f ON f.relation = c.relation;
SELECT test.equals('bad lines of ' || f.relation, string_agg(b.line_no || ' ' || b.reason || ' ' || b.line, ' / ' ORDER BY b.line_no), c.wanted)
FROM (VALUES
    ('array',  '2 The element is no object. 7'),
    ('ndjson', '3 The line is no object. [1] / 4 The line is no JSON. {"a":  / 5 The line is no JSON. {"a": "\u0000"}'),
    ('ragged', '2 The line has 1 fields, the header 2. 1 / 3 The line has 3 fields, the header 2. 1,2,3 / 4 A quote is not closed. "x')
) AS c (relation, wanted)
JOIN data.source_files AS f ON f.relation = c.relation
JOIN data.source_bad_lines AS b ON b.file_id = f.file_id
GROUP BY f.relation, c.wanted;
SELECT test.equals('the connection', status, 'ACTIVE') FROM data.connections WHERE connection_id = test.person(1);
SELECT test.equals('discoveries that wait', count(*), 1) FROM data.discoveries WHERE connection_id = test.person(1);
RESET ROLE;
SELECT test.equals('what is told of ' || c.name, string_agg(e.type || ' ' || (e.payload ->> 'row_count'), ', ' ORDER BY e.event_id), c.wanted)
FROM (VALUES ('ragged', 'data.upload.received 0, data.upload.loaded 1')) AS c (name, wanted)
LEFT JOIN core.events AS e ON e.topic = 'data.upload' AND e.payload ->> 'relation' = c.name
GROUP BY c.name, c.wanted;
SET LOCAL ROLE member;
SELECT test.equals('bytes that are kept when all is loaded', count(*), 0) FROM data.source_file_parts;

-- What is no such file is told, and leaves nothing.
SELECT test.load(test.send(c.relation, c.bytes, c.name, c.media_type)) FROM (VALUES
    ('binary', '\x7f454c460201000000000000'::bytea,    'a',      'application/octet-stream'),
    ('broken', '[{"a": 1}, {"a": ',                    'x.json', 'application/json'),
    ('object', '[{"a": 1}] x',                         'x.json', 'application/json'),
    ('blank',  E'\n\n',                                'a.csv',  'text/csv')
) AS c (relation, bytes, name, media_type);
SELECT test.equals(f.relation, jsonb_build_array(f.status, f.error_code, f.row_count), jsonb_build_array('failed', c.code, 0))
FROM (VALUES ('binary', 'not_text'), ('broken', 'malformed_json'), ('object', 'malformed_json'), ('blank', 'no_header')) AS c (relation, code)
LEFT JOIN data.source_files AS f ON f.relation = c.relation;
SELECT test.raises($$SELECT test.send('nothing', '')$$, 'PT400', 'The file is empty.');

-- A file of several pieces takes a job for each, and no row is cut or told twice. An encoding that shows late is found.
SELECT set_config('test.big', string_agg(format(E'%s,"a %s,\nb",%s\n', n, n, repeat('x', 50)), '' ORDER BY n), true) FROM generate_series(1, 40000) AS n \g /dev/null
SELECT test.equals('jobs', test.load(test.send('big', convert_to(E'id,text,x\n' || current_setting('test.big'), 'UTF8') || '\x312ce92c320a')), 3);
SELECT test.equals('rows', jsonb_build_array(f.row_count, f.bad_line_count, f.line_count, f.encoding), '[40001, 0, 80002, "windows-1252"]')
FROM data.source_files AS f WHERE f.relation = 'big';
SELECT test.equals('each of them', jsonb_build_array(count(*), sum((r.source_row ->> 'id')::int), count(DISTINCT r.row_no), max(r.row_no),
    count(*) FILTER (WHERE r.source_row ->> 'text' = format(E'a %s,\nb', r.row_no))), jsonb_build_array(40001, 40000 * 40001 / 2 + 1, 40001, 40001, 40000))
FROM data.source_rows AS r WHERE r.relation = 'big';
SELECT test.load(test.send('utf', convert_to(E'id,x\né,' || repeat('y', 1100000) || E'\n', 'UTF8') || '\x61ff2c310a622c320a'));
SELECT test.equals('a line in the wrong encoding', jsonb_build_array(f.row_count, b.line_no, b.reason, b.line), '[2, 3, "The line is not encoded as the file is.", "aÿ,1"]')
FROM data.source_files AS f JOIN data.source_bad_lines AS b USING (file_id) WHERE f.relation = 'utf';

-- A second file takes the place of the first when all of it is there; or is added to it.
SELECT set_config('test.second', test.send('big', convert_to(E'id,x\n' || repeat(E'1,' || repeat('z', 1000) || E'\n', 1100), 'UTF8'))::text, true) \g /dev/null
SET LOCAL ROLE worker;
SELECT test.equals('the first step', data.load_file(jsonb_build_object('file_id', current_setting('test.second'), 'step', '0 s')) -> 'is_finished', 'false');
SET LOCAL ROLE member;
SELECT test.equals('read until then', jsonb_build_array(s.generation, s.row_count), '[1, 40001]') FROM data.source_relations AS s WHERE s.relation = 'big';
SELECT test.load(current_setting('test.second')::uuid);
SELECT test.equals('read from then on', jsonb_build_array(s.generation, s.row_count, s.last_row_no, s.columns), '[2, 1100, 1100, ["id", "x"]]') FROM data.source_relations AS s WHERE s.relation = 'big';
SET LOCAL ROLE worker;
SELECT test.equals('what is not read any more goes', jsonb_build_array(
    data.forget_rows(format('{"connection_id": "%s", "relation": "big", "max_count": 40000}', test.person(1))::jsonb) -> 'removed',
    data.forget_rows(format('{"connection_id": "%s", "relation": "big"}', test.person(1))::jsonb) -> 'removed'), '[40000, 1]');
SET LOCAL ROLE member;
SELECT test.equals('what is read stays', count(*), 1100) FROM data.source_rows AS r WHERE r.relation = 'big';
SELECT test.load(test.send('names', E'b,a\n5,6\n7,8', mode => 'append'));
SELECT test.equals('added', test.rows('names'), '1 {"a": "1", "a_2": "3", "column_2": "2"} / 2 {"a": "6", "b": "5"} / 3 {"a": "8", "b": "7"}');
SELECT test.equals('the relation', jsonb_build_array(s.generation, s.row_count, s.last_row_no, s.byte_count, s.columns), '[1, 3, 3, 22, ["a", "column_2", "a_2", "b"]]') FROM data.source_relations AS s WHERE s.relation = 'names';

-- Of two files of one relation the later waits. A step that has been done is not done again.
SELECT set_config('test.first', test.send('two', E'a\n1\n')::text, true), set_config('test.second', test.send('two', E'a\n2\n')::text, true) \g /dev/null
SET LOCAL ROLE worker;
SELECT test.raises($$SELECT data.load_file(jsonb_build_object('file_id', current_setting('test.second')))$$, 'PT00S');
SELECT data.load_file(jsonb_build_object('file_id', f)) FROM unnest(ARRAY[current_setting('test.first'), current_setting('test.second')]) AS f;
SELECT test.equals('once more', data.load_file(jsonb_build_object('file_id', current_setting('test.first'))) -> 'rows', NULL);
SET LOCAL ROLE member;
SELECT test.equals('the later', test.rows('two'), '1 {"a": "2"}');

-- In parts: in whatever order, each as often as one likes, all of them.
SELECT set_config('test.upload', (data.begin_parts(test.person(1), 'parts', 'replace', 'p.csv', 'text/csv', 10)).file_id::text, true) \g /dev/null
SELECT test.raises($$SELECT data.complete_parts(test.person(1), current_setting('test.upload')::uuid)$$, 'PT409', 'Part 1 is missing.');
SELECT test.part(3, E',4\n');
SELECT test.part(1, E'a,b');
SELECT test.raises($$SELECT data.complete_parts(test.person(1), current_setting('test.upload')::uuid)$$, 'PT409', 'Part 2 is missing.');
SELECT test.raises($$SELECT test.part(0, 'x')$$, 'PT400', 'part_no');
SELECT test.raises($$SELECT test.part(10001, 'x')$$, 'PT400', 'part_no');
SELECT test.part(2, E'\n33333');
SELECT test.raises($$SELECT data.complete_parts(test.person(1), current_setting('test.upload')::uuid)$$, 'PT409', 'size_differs');
SELECT test.part(2, E'\n345');
SELECT test.equals('its size', f.size_bytes, 10::bigint), test.equals('its digest', f.sha256, NULL)
FROM data.complete_parts(test.person(1), current_setting('test.upload')::uuid) AS f;
SELECT test.raises($$SELECT test.part(4, 'x')$$, 'PT404', 'not_found');
SELECT test.load(current_setting('test.upload')::uuid);
SELECT test.equals('the parts', test.rows('parts'), '1 {"a": "345", "b": "4"}');
SELECT set_config('test.upload', (data.begin_parts(test.person(1), 'parts', 'replace', 'p.csv', 'text/csv', NULL)).file_id::text, true) \g /dev/null
SELECT test.part(1, 'a');
SELECT data.abort_parts(test.person(1), current_setting('test.upload')::uuid);
SELECT test.equals('what is left of it', count(*), 0) FROM data.source_files WHERE file_id = current_setting('test.upload')::uuid;
SELECT test.raises(format('SELECT data.begin_parts(%L, %L, %L, NULL, NULL, %L)', test.person(1), 'a', 'replace', s), 'PT400', 'size')
FROM unnest('{0,68719476737}'::bigint[]) AS s;

-- A neighbour sees none of it and can touch none of it.
SELECT test.become_member(2, permissions => '{connections.write}');
SELECT test.equals('files', count(*), 0) FROM data.source_files;
SELECT test.equals('bad lines', count(*), 0) FROM data.source_bad_lines;
SELECT test.raises($$SELECT data.abort_parts(test.person(1), current_setting('test.upload')::uuid)$$, 'PT404', 'not_found');
SELECT test.load(test.send('names', E'a\n1\n', connection_id => test.person(2)));
SELECT test.equals('the neighbour''s own', test.rows('names'), '1 {"a": "1"}');

-- A connection that is disconnected gets no more rows, and keeps no bytes.
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT set_config('test.second', test.send('late', E'a\n1\n')::text, true) \g /dev/null
RESET ROLE;
UPDATE data.connections SET status = 'DISCONNECTED' WHERE connection_id = test.person(1);
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT test.load(current_setting('test.second')::uuid);
SELECT test.equals('a late file', jsonb_build_array(f.status, f.error_code, (SELECT count(*) FROM data.source_file_parts), (SELECT count(*) FROM data.source_relations WHERE relation = 'late')), '["failed", "disconnected", 0, 0]')
FROM data.source_files AS f WHERE f.relation = 'late';
SELECT test.raises($$SELECT test.send('late', 'x')$$, 'PT409', 'disconnected');
RESET ROLE;
UPDATE data.connections SET status = 'ACTIVE' WHERE connection_id = test.person(1);

-- What was never completed goes after a week, with its bytes.
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT set_config('test.upload', (data.begin_parts(test.person(1), 'left', 'replace', 'p.csv', 'text/csv', NULL)).file_id::text, true) \g /dev/null
SELECT test.part(1, 'a');
RESET ROLE;
UPDATE data.source_files SET created_at = now() - interval '8 days' WHERE file_id = current_setting('test.upload')::uuid;
SELECT set_config('request.tenant_id', work.system_tenant()::text, true) \g /dev/null
SET LOCAL ROLE worker;
SELECT test.equals('found', data.sweep_uploads('{}'), '{"found": 1}');
SELECT set_config('request.tenant_id', test.tenant(1)::text, true) \g /dev/null
SELECT test.equals('removed', data.forget_upload(jsonb_build_object('file_id', current_setting('test.upload'))), '{"removed": 1}');
RESET ROLE;
SELECT test.equals('its bytes', count(*), 0) FROM core.files WHERE name = 'p.csv' AND status = 'complete';
