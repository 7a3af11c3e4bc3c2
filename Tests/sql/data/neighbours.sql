-- No table of the domain shows or takes a neighbour's row, and secrets are shown to nobody.
RESET ROLE;
INSERT INTO data.connections (tenant_id, connection_id, slug, name, connection_type, source_system)
SELECT test.tenant(n), test.person(n), 'source', 'Source', 'postgres', 'crm' FROM generate_series(1, 2) AS n;
INSERT INTO data.connection_secrets (tenant_id, connection_id, name, secret)
SELECT test.tenant(n), test.person(n), 'password', 'hidden' FROM generate_series(1, 2) AS n;
INSERT INTO data.mappings (tenant_id, mapping_id, connection_id, entity, source_relation, key_column, source_columns)
SELECT test.tenant(n), test.person(n), test.person(n), 'account', 'companies', 'id', '[]' FROM generate_series(1, 2) AS n;
INSERT INTO data.mapping_fields (tenant_id, mapping_id, canonical_field, vendor_field)
SELECT test.tenant(n), test.person(n), 'name', 'name' FROM generate_series(1, 2) AS n;
INSERT INTO data.sync_runs (tenant_id, connection_id, mapping_id, entity)
SELECT test.tenant(n), test.person(n), test.person(n), 'account' FROM generate_series(1, 2) AS n;
INSERT INTO data.syncs (tenant_id, sync_id, connection_id) SELECT test.tenant(n), test.person(n), test.person(n) FROM generate_series(1, 2) AS n;
INSERT INTO data.sync_cancels (tenant_id, sync_id) SELECT test.tenant(n), test.person(n) FROM generate_series(1, 2) AS n;
INSERT INTO data.sync_rejects (tenant_id, mapping_id, reject_key, sync_run_id, faults, source_row)
SELECT test.tenant(n), test.person(n), 'key:1', test.person(n), '[]', '{}' FROM generate_series(1, 2) AS n;
INSERT INTO data.accounts (tenant_id, account_id, name) SELECT test.tenant(n), 'A', 'A' FROM generate_series(1, 2) AS n;
INSERT INTO data.contacts (tenant_id, contact_id) SELECT test.tenant(n), 'C' FROM generate_series(1, 2) AS n;
INSERT INTO data.opportunities (tenant_id, opportunity_id, name) SELECT test.tenant(n), 'O', 'O' FROM generate_series(1, 2) AS n;

-- Every table that has a tenant is forced to have policies, and its key begins with the tenant.
SELECT test.equals('tables without forced policies', string_agg(c.oid::regclass::text, ', '), NULL)
FROM pg_class AS c
WHERE c.relnamespace = 'data'::regnamespace AND c.relkind IN ('r', 'p')
    AND EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id')
    AND NOT (c.relrowsecurity AND c.relforcerowsecurity);

SELECT test.become_member(2, permissions => '{connections.write}');
SELECT test.equals(r.name, r.tenants, format('{%s}', test.tenant(2)))
FROM (
    SELECT 'connections' AS name, array_agg(DISTINCT tenant_id)::text AS tenants FROM data.connections
    UNION ALL SELECT 'mappings', array_agg(DISTINCT tenant_id)::text FROM data.mappings
    UNION ALL SELECT 'mapping_fields', array_agg(DISTINCT tenant_id)::text FROM data.mapping_fields
    UNION ALL SELECT 'sync_runs', array_agg(DISTINCT tenant_id)::text FROM data.sync_runs
    UNION ALL SELECT 'syncs', array_agg(DISTINCT tenant_id)::text FROM data.syncs
    UNION ALL SELECT 'sync_cancels', array_agg(DISTINCT tenant_id)::text FROM data.sync_cancels
    UNION ALL SELECT 'sync_rejects', array_agg(DISTINCT tenant_id)::text FROM data.sync_rejects
    UNION ALL SELECT 'accounts', array_agg(DISTINCT tenant_id)::text FROM data.accounts
    UNION ALL SELECT 'contacts', array_agg(DISTINCT tenant_id)::text FROM data.contacts
    UNION ALL SELECT 'opportunities', array_agg(DISTINCT tenant_id)::text FROM data.opportunities
    UNION ALL SELECT 'entity_counts', array_agg(DISTINCT tenant_id)::text FROM data.entity_counts
) AS r;
SELECT test.raises('SELECT secret FROM data.connection_secrets', '42501');
SELECT test.raises($$INSERT INTO data.accounts (name) VALUES ('x')$$, '42501');
SELECT test.raises('SELECT count(*) FROM data_summary.pipeline_by_stage_month', '42501');
SELECT test.raises(format('SELECT %s(%L)', f.name, test.person(1)), 'PT404', 'not_found')
FROM (VALUES ('data.sync'), ('data.discover'), ('data.test_connection'), ('data.disconnect')) AS f (name);
SELECT test.raises(format($$SELECT data.create_mapping(%L, 'contact', 'people', 'id', '[]')$$, test.person(1)), 'PT404', 'not_found');

SELECT test.become_member(2, permissions => '{}');
SELECT test.raises(format('SELECT %s(%L)', f.name, test.person(2)), 'PT403', 'forbidden')
FROM (VALUES ('data.sync'), ('data.discover'), ('data.test_connection'), ('data.disconnect')) AS f (name);
SELECT test.raises($$SELECT data.connect_postgres('x', '{}', 'x')$$, 'PT403', 'forbidden');
SELECT test.become_anon();
SELECT test.raises($$SELECT data.connect_postgres('x', '{}', 'x')$$, '42501');

-- The owner's functions are held to the tenant they act for.
RESET ROLE;
SELECT set_config('request.tenant_id', test.tenant(2)::text, true) \g /dev/null
SET LOCAL ROLE pgserver_owner;
SELECT test.equals('accounts the owner sees', count(*), 1) FROM data.accounts;
SELECT test.equals('secrets the owner sees', count(*), 1) FROM data.connection_secrets;
SELECT test.raises(format($$INSERT INTO data.accounts (tenant_id, name) VALUES (%L, 'x')$$, test.tenant(1)), '42501');
SELECT set_config('request.tenant_id', 'garbage', true) \g /dev/null
SELECT test.equals('accounts of nobody', count(*), 0) FROM data.accounts;
