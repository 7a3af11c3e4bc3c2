RESET ROLE;
CREATE TABLE data.audit_testing (
    tenant_id uuid, testing_id integer, name text, secret text,
    CONSTRAINT audit_testing_pkey PRIMARY KEY (tenant_id, testing_id));
CREATE TABLE data.audit_bulk_testing (tenant_id uuid, testing_id integer);
SELECT core.audit_table('data.audit_testing', 'secret');
SELECT core.audit_bulk('data.audit_bulk_testing');
GRANT ALL ON data.audit_testing, data.audit_bulk_testing TO member;
SELECT test.raises($$SELECT core.audit_table('data.audit_testing', 'sceret')$$, '22023');
SELECT test.raises($$SELECT core.audit_table('core.settings')$$, '22023');

SELECT test.become_member(1);
INSERT INTO data.audit_testing VALUES (test.tenant(1), 1, 'one', 'hidden'), (test.tenant(1), 2, 'two', NULL);
UPDATE data.audit_testing SET name = 'uno', secret = 'still hidden' WHERE testing_id = 1;
UPDATE data.audit_testing SET name = name;
DELETE FROM data.audit_testing WHERE testing_id = 2;
SELECT test.equals('what is written of a row', array_agg(jsonb_build_array(a.action, a.subject -> 'testing_id', a.before - 'tenant_id', a.after - 'tenant_id') ORDER BY a.audit_id), ARRAY[
    '["insert", 1, null, {"testing_id": 1, "name": "one", "secret": "[redacted]"}]',
    '["insert", 2, null, {"testing_id": 2, "name": "two", "secret": null}]',
    '["update", 1, {"name": "one", "secret": "[redacted]"}, {"name": "uno", "secret": "[redacted]"}]',
    '["delete", 2, {"testing_id": 2, "name": "two", "secret": null}, null]']::jsonb[])
FROM core.audit_log AS a WHERE a.table_name = 'audit_testing';
SELECT test.equals('who', array_agg(DISTINCT a.actor_user_id), ARRAY[test.person(1)]),
       test.equals('in which request', array_agg(DISTINCT a.request_id), '{8ce8ea61-339d-42b7-afbe-e0938db6e381}')
FROM core.audit_log AS a WHERE a.table_name = 'audit_testing';

-- In bulk: one row for each statement and tenant, with a count.
RESET ROLE;
INSERT INTO data.audit_bulk_testing SELECT test.tenant(1 + n % 2), n FROM generate_series(1, 1001) AS n;
DELETE FROM data.audit_bulk_testing WHERE testing_id <= 4;
SELECT test.equals('what is written of a statement', array_agg(jsonb_build_array(a.action, a.tenant_id, a.row_count) ORDER BY a.action, a.tenant_id), ARRAY[
    jsonb_build_array('delete', test.tenant(1), 2), jsonb_build_array('delete', test.tenant(2), 2),
    jsonb_build_array('insert', test.tenant(1), 500), jsonb_build_array('insert', test.tenant(2), 501)])
FROM core.audit_log AS a WHERE a.table_name = 'audit_bulk_testing';

-- Nobody changes the trail; nobody adds to it by hand.
SELECT test.raises('UPDATE core.audit_log SET action = ''insert''', 'PT409', 'audit_sealed');
SELECT test.raises('DELETE FROM core.audit_log', 'PT409', 'audit_sealed');
SELECT test.raises('TRUNCATE core.audit_log', 'PT409', 'audit_sealed');
SELECT test.become_member(1);
SELECT test.raises('DELETE FROM core.audit_log', '42501');
SELECT test.raises($$INSERT INTO core.audit_log (tenant_id, action, schema_name, table_name) VALUES (test.tenant(1), 'insert', '', '')$$, '42501');
