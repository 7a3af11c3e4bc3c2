-- :account_count accounts, loaded by the administrator. Account n belongs to tenant 10 + n % :tenant_count and is called
-- acc_(1000000 + n).
TRUNCATE bench.accounts, bench.account_totals;
INSERT INTO bench.accounts (account_id, tenant_id, name, email, status, balance, country, created_at)
SELECT 'acc_' || (1000000 + n),
       ('00000000-0000-4000-8000-' || lpad((10 + n % :tenant_count)::text, 12, '0'))::uuid,
       'Customer number ' || n,
       'customer' || n || '@example.test',
       (ARRAY['active', 'active', 'active', 'suspended', 'closed'])[1 + n % 5],
       ((n * 7919::bigint) % 10000000) / 100.0,
       (ARRAY['DE', 'FR', 'NL', 'PL', 'ES', 'IT', 'SE'])[1 + n % 7],
       timestamptz '2024-01-01 00:00:00+00' + n * interval '137 seconds'
FROM generate_series(0, :account_count - 1) AS n;
INSERT INTO bench.account_totals (tenant_id, total)
SELECT a.tenant_id, count(*) FROM bench.accounts AS a GROUP BY a.tenant_id;
VACUUM ANALYZE bench.accounts;
VACUUM ANALYZE bench.account_totals;
VACUUM ANALYZE auth.sessions;
