-- Totals follow inserts, deletes, upserts and rollbacks, tenant by tenant.
RESET ROLE;
CREATE FUNCTION pg_temp.off() RETURNS bigint LANGUAGE sql AS $$
    SELECT count(*) FROM (
        SELECT a.tenant_id, count(*) FROM data.accounts AS a GROUP BY a.tenant_id
        EXCEPT
        SELECT c.tenant_id, sum(c.total)::bigint FROM data.entity_counts AS c WHERE c.entity = 'account' GROUP BY c.tenant_id
    ) AS d
$$;
INSERT INTO data.accounts (tenant_id, account_id, name)
SELECT test.tenant(1 + n % 2), 'A' || n, 'Account ' || n FROM generate_series(1, 11) AS n;
SELECT test.equals('tenants with a wrong total', pg_temp.off(), 0);
INSERT INTO data.accounts (tenant_id, account_id, name) VALUES (test.tenant(1), 'A2', 'again'), (test.tenant(1), 'A99', 'new')
ON CONFLICT (tenant_id, account_id) DO UPDATE SET name = EXCLUDED.name;
SELECT test.equals('after an upsert', pg_temp.off(), 0);
UPDATE data.accounts SET name = name || '!' WHERE tenant_id = test.tenant(1);
SELECT test.equals('after an update', pg_temp.off(), 0);
DELETE FROM data.accounts WHERE account_id IN ('A1', 'A2', 'A3') AND tenant_id IN (test.tenant(1), test.tenant(2));
SELECT test.equals('after a delete', pg_temp.off(), 0);
SAVEPOINT before;
INSERT INTO data.accounts (tenant_id, name) VALUES (test.tenant(1), 'never');
ROLLBACK TO before;
SELECT test.equals('after a rollback', pg_temp.off(), 0);
SELECT test.raises(
    format('UPDATE data.accounts SET tenant_id = %L WHERE tenant_id = %L', test.tenant(2), test.tenant(1)), 'PT409', 'tenant_is_fixed');

SELECT test.become_member(1);
SELECT test.equals('what a member is told', sum(c.total), (SELECT count(*) FROM data.accounts))
FROM data.entity_counts AS c WHERE c.entity = 'account';
SELECT test.raises('UPDATE data.entity_counts SET total = 0', '42501');
RESET ROLE;
TRUNCATE data.accounts;
SELECT test.equals('totals of an empty table', count(*), 0) FROM data.entity_counts AS c WHERE c.entity = 'account';
