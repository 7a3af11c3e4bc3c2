-- What records name is there and stays: asked once a statement, in the place of foreign keys.
RESET ROLE;
INSERT INTO data.connections (tenant_id, connection_id, slug, name, connection_type, source_system)
SELECT test.tenant(n), test.person(n), 'source', 'Source', 'push', 'crm' FROM generate_series(1, 2) AS n;
INSERT INTO data.record_types (tenant_id, record_type, title, fields) VALUES (test.tenant(1), 'flight', 'Flight', '[]');
INSERT INTO data.accounts (tenant_id, account_id, name, source_connection_id, source_relation, source_key)
SELECT test.tenant(n), 'A' || n, 'A', test.person(n), 'r', 'k' FROM generate_series(1, 2) AS n;
INSERT INTO data.contacts (tenant_id, contact_id) VALUES (test.tenant(1), 'C');
INSERT INTO data.records (tenant_id, record_type, source_connection_id, source_key, record_id, fields, source_system, source_relation)
VALUES (test.tenant(1), 'flight', test.person(1), '1', 'R', '{}', 'crm', 'r');

SELECT test.raises(format($$INSERT INTO data.accounts (tenant_id, account_id, name, source_connection_id, source_relation, source_key) VALUES (%L, 'X', 'X', %L, 'r', 'x')$$,
    test.tenant(1), test.person(2)), '23503', 'accounts_source_connection_id_fkey');
SELECT test.raises(format($$INSERT INTO data.opportunities (tenant_id, name) VALUES (%L, 'X')$$, gen_random_uuid()), '23503', 'opportunities_tenant_id_fkey');
SELECT test.raises(format($$INSERT INTO data.records (tenant_id, record_type, source_connection_id, source_key, record_id, fields, source_system, source_relation)
    VALUES (%L, 'flight', %L, '1', 'R', '{}', 'crm', 'r')$$, test.tenant(2), test.person(2)), '23503', 'records_record_type_fkey');
SELECT test.raises(format($$UPDATE data.accounts SET source_connection_id = %L WHERE account_id = 'A1'$$, test.person(2)), 'PT409', 'source_is_fixed');
SELECT test.raises($$UPDATE data.records SET record_type = 'other'$$, 'PT409', 'source_is_fixed');
SELECT test.raises(format('DELETE FROM data.connections WHERE tenant_id = %L', test.tenant(1)), '23503', 'accounts_source_connection_id_fkey');
SELECT test.raises(format('UPDATE data.connections SET connection_id = gen_random_uuid() WHERE tenant_id = %L', test.tenant(1)), '23503', 'accounts_source_connection_id_fkey');
SELECT test.raises('DELETE FROM data.record_types', '23503', 'records_record_type_fkey');
SELECT test.raises(format('DELETE FROM auth.tenants WHERE tenant_id = %L', test.tenant(1)), '23503', 'accounts_tenant_id_fkey');
DELETE FROM data.records;
DELETE FROM data.record_types;
DELETE FROM data.accounts WHERE tenant_id = test.tenant(1);
DELETE FROM data.connections WHERE tenant_id = test.tenant(1);
SELECT test.equals('connections left', array_agg(c.tenant_id), array[test.tenant(2)]) FROM data.connections AS c;
