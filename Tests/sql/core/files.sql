-- A file is what its pieces are, once, for its tenant alone.
SELECT test.become_member(1);
SELECT set_config('test.file', core.begin_file('a.csv', 'text/csv')::text, true) \g /dev/null
SELECT set_config('test.upload', jsonb_build_object('ticket', jsonb_build_object('file_id', current_setting('test.file')),
    'size_bytes', 6, 'chunks', 2, 'sha256', encode(sha256('abcdef'), 'hex'))::text, true) \g /dev/null
SELECT test.raises($$SELECT core.begin_file('', 'text/csv')$$, '23514', 'files_name_check');
SELECT core.append_file(current_setting('test.upload')::jsonb -> 'ticket', 0, 'abc');
SELECT test.raises($$SELECT core.complete_file(current_setting('test.upload')::jsonb)$$, 'XX000');
SELECT test.equals('files seen while they come', count(*), 0) FROM core.files;
-- A piece that comes again changes nothing.
SELECT core.append_file(current_setting('test.upload')::jsonb -> 'ticket', 0, 'xyz');
SELECT core.append_file(current_setting('test.upload')::jsonb -> 'ticket', 1, 'def');
SELECT test.raises('SELECT chunk FROM core.file_chunks', '42501');

-- A neighbour can neither add to it nor end it.
SELECT test.become_member(2);
SELECT test.raises($$SELECT core.append_file(current_setting('test.upload')::jsonb -> 'ticket', 2, 'x')$$, 'PT404', 'not_found');
SELECT test.raises($$SELECT core.complete_file(current_setting('test.upload')::jsonb)$$, 'PT404', 'not_found');

SELECT test.become_member(1);
SELECT test.equals('the file', jsonb_build_array(f.name, f.status, f.size_bytes, f.chunk_count), '["a.csv", "complete", 6, 2]')
FROM core.complete_file(current_setting('test.upload')::jsonb) AS f;
SELECT test.equals('files seen', count(*), 1) FROM core.files;
-- From then on it does not change.
SELECT test.raises($$SELECT core.complete_file(current_setting('test.upload')::jsonb)$$, 'PT404', 'not_found');
SELECT test.raises($$SELECT core.append_file(current_setting('test.upload')::jsonb -> 'ticket', 2, 'x')$$, 'PT404', 'not_found');
SELECT test.become_member(2);
SELECT test.equals('files a neighbour sees', count(*), 0) FROM core.files;
RESET ROLE;
SELECT test.equals('its bytes', convert_from(string_agg(chunk, '' ORDER BY chunk_no), 'UTF8'), 'abcdef')
FROM core.file_chunks WHERE file_id = current_setting('test.file')::uuid;

-- What is begun and never ended goes after a day, whosever it is, with its pieces; nothing else does.
INSERT INTO core.files (tenant_id, name, media_type, created_at)
SELECT test.tenant(n), 'left', 'text/csv', now() - days * interval '1 day'
FROM generate_series(1, 2) AS n, generate_series(0, 1) AS days;
INSERT INTO core.file_chunks (tenant_id, file_id, chunk_no, chunk) SELECT tenant_id, file_id, 0, 'x' FROM core.files WHERE name = 'left';
UPDATE core.files SET created_at = now() - interval '9 days' WHERE file_id = current_setting('test.file')::uuid;
SELECT set_config('request.tenant_id', work.system_tenant()::text, true) \g /dev/null
SET LOCAL ROLE worker;
SELECT test.equals('the sweep', work.sweep_files('{}'), '{"removed": 2}');
RESET ROLE;
SELECT test.equals('what is left', string_agg(f.name || ' ' || f.status, ', ' ORDER BY f.name, f.tenant_id), 'a.csv complete, left receiving, left receiving')
FROM core.files AS f WHERE f.tenant_id IN (test.tenant(1), test.tenant(2));
SELECT test.equals('pieces without a file', count(*), 0)
FROM core.file_chunks AS c WHERE NOT EXISTS (SELECT FROM core.files AS f WHERE f.file_id = c.file_id);
