-- 200 000 accounts, loaded by the administrator. Account n belongs to tenant 10 + n % 20 and is called acc_(1000000 + n).
INSERT INTO bench.accounts (account_id, tenant_id, name, email, status, balance, country, created_at)
SELECT 'acc_' || (1000000 + n),
       ('00000000-0000-4000-8000-0000000000' || (10 + n % 20))::uuid,
       'Customer number ' || n,
       'customer' || n || '@example.test',
       (ARRAY['active', 'active', 'active', 'suspended', 'closed'])[1 + n % 5],
       ((n * 7919::bigint) % 10000000) / 100.0,
       (ARRAY['DE', 'FR', 'NL', 'PL', 'ES', 'IT', 'SE'])[1 + n % 7],
       timestamptz '2024-01-01 00:00:00+00' + n * interval '137 seconds'
FROM generate_series(0, 199999) AS n;
INSERT INTO bench.account_totals (tenant_id, total)
SELECT a.tenant_id, count(*) FROM bench.accounts AS a GROUP BY a.tenant_id;
VACUUM ANALYZE bench.accounts;
VACUUM ANALYZE bench.account_totals;
VACUUM ANALYZE auth.sessions;
