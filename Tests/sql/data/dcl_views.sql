-- The two lists of AutonomOS: newest first, ties by id, one total for every page, whichever way a page is found.
RESET ROLE;
INSERT INTO data.accounts (tenant_id, account_id, name, industry, status, extras, source_system, created_at, updated_at, synced_at)
VALUES (
    test.tenant(1), 'ACC-001', 'Acme "Corporation" é', 'Technology', 'active', '{"annual_revenue": 1000000}', 'salesforce',
    '2025-11-15 08:00:00+00', '2025-11-18 10:00:00.999+00', '2025-11-18 11:00:00+01');
INSERT INTO data.opportunities (
    tenant_id, opportunity_id, account_id, name, stage, amount, currency, close_date, probability, source_system,
    created_at, updated_at, synced_at)
VALUES (
    test.tenant(1), 'OPP-001', 'ACC-001', 'Q4 Enterprise Deal', 'Proposal', 50000.0, 'USD', '2025-12-31', 0.7, 'salesforce',
    '2025-11-15 08:00:00+00', '2025-11-18 10:00:00+00', NULL);
SELECT test.become_member(1);
SELECT test.equals('an account, to the letter', p.items::text,
    '[{"account_id":"ACC-001","name":"Acme \"Corporation\" é","type":null,"industry":"Technology","owner_id":null,'
    '"status":"active","external_ids":{},"extras":{"annual_revenue": 1000000},"source_system":"salesforce",'
    '"source_connection_id":null,"created_at":"2025-11-15T08:00:00Z","updated_at":"2025-11-18T10:00:00Z",'
    '"synced_at":"2025-11-18T10:00:00Z"}]')
FROM autonomos.list_accounts() AS p;
SELECT test.equals('an opportunity, to the letter', p.items::text,
    '[{"opportunity_id":"OPP-001","account_id":"ACC-001","name":"Q4 Enterprise Deal","stage":"Proposal","amount":50000.0,'
    '"currency":"USD","close_date":"2025-12-31","owner_id":null,"probability":0.7,"extras":{},"source_system":"salesforce",'
    '"source_connection_id":null,"created_at":"2025-11-15T08:00:00Z","updated_at":"2025-11-18T10:00:00Z","synced_at":null}]')
FROM autonomos.list_opportunities() AS p;

-- The time zone and date style of a session do not show.
SET LOCAL timezone = 'Asia/Tokyo';
SET LOCAL datestyle = 'German';
SELECT test.is_true('times in UTC', p.items::text LIKE '%"created_at":"2025-11-15T08:00:00Z"%') FROM autonomos.list_accounts() AS p;

RESET ROLE;
DELETE FROM data.accounts WHERE tenant_id = test.tenant(1);
-- Three of each time, so that pages begin and end inside ties.
INSERT INTO data.accounts (tenant_id, account_id, name, created_at)
SELECT test.tenant(1), 'A' || lpad(n::text, 5, '0'), 'Account ' || n, timestamptz '2025-01-01' + (n / 3) * interval '1 minute'
FROM generate_series(1, 2500) AS n;
INSERT INTO data.accounts (tenant_id, account_id, name) SELECT test.tenant(2), 'B' || n, 'x' FROM generate_series(1, 7) AS n;
SELECT test.become_member(1);
-- Near, far, past the middle, over the end, behind it.
SELECT test.equals(format('the page at %s', o.skip), p.items ->> 'ids', w.ids), test.equals('total', p.total, 2500::bigint),
    test.equals('count', p.count, w.count)
FROM unnest(ARRAY[0, 1, 499, 500, 501, 1249, 1250, 1251, 2000, 2398, 2400, 2401, 2499, 2500, 100000]) AS o (skip)
CROSS JOIN LATERAL (
    SELECT jsonb_build_object('ids', (SELECT string_agg(i ->> 'account_id', ',') FROM json_array_elements(l.items) AS i)) AS items,
        l.total, l.item_count AS count
    FROM autonomos.list_accounts(100, o.skip) AS l
) AS p
CROSS JOIN LATERAL (
    SELECT string_agg(a.account_id, ',' ORDER BY a.created_at DESC, a.account_id) AS ids, count(*)::int AS count
    FROM (SELECT * FROM data.accounts ORDER BY created_at DESC, account_id LIMIT 100 OFFSET o.skip) AS a
) AS w;
SELECT test.raises('SELECT autonomos.list_accounts(0)', '23514');
SELECT test.raises('SELECT autonomos.list_accounts(1001)', '23514');
SELECT test.raises('SELECT autonomos.list_accounts(1, -1)', '23514');
SELECT test.become_member(2);
SELECT test.equals('a neighbour''s total', p.total, 7::bigint) FROM autonomos.list_accounts(1) AS p;
SELECT test.equals('an empty list', p.items::text, '[]'), test.equals('of', p.total, 0::bigint) FROM autonomos.list_opportunities() AS p;
