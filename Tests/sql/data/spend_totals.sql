-- What is spent this month and this year, beside the same days before and beside the budget; worked out by hand.
RESET ROLE;
INSERT INTO data.costs (tenant_id, cost_center, service, month, amount, currency)
SELECT test.tenant(t.n), c.center, c.service, c.month, c.amount * t.n * t.n, c.currency
FROM (VALUES (1), (2)) AS t (n)
CROSS JOIN (VALUES
    ('Engineering', 'Compute', date '2025-11-03',  15000, 'USD'), ('Engineering', 'Storage', '2025-11-15', 10000, 'usd '),
    ('Sales',       'CRM',     '2025-11-01',  12500, NULL),       (NULL,          'Compute', '2025-11-10',   500, 'USD'),
    -- Counts from the 11th on, and on the 18th not yet: it is of the last month, but of a later day.
    ('Engineering', 'Compute', '2025-10-02',  20000, 'USD'),      ('Sales',       'CRM',     '2025-10-18', 10000, 'USD'), ('Sales', 'CRM', '2025-10-19', 7000, 'USD'),
    ('Marketing',   'Ads',     '2025-10-05',    900, 'USD'),      ('Engineering', 'Compute', '2025-01-31',  2000, 'USD'),
    ('Engineering', 'Compute', '2024-11-18',  50000, 'USD'),      ('Engineering', 'Compute', '2024-11-19',   333, 'USD'),
    -- Another currency is not added up.
    ('Engineering', 'Compute', '2025-11-04', 999999, 'EUR')
) AS c (center, service, month, amount, currency);
INSERT INTO data.budgets (tenant_id, cost_center, service, month, amount, currency)
SELECT test.tenant(t.n), b.center, b.service, b.month, b.amount * t.n * t.n, b.currency
FROM (VALUES (1), (2)) AS t (n)
CROSS JOIN (VALUES
    ('Engineering', 'Compute', date '2025-11-30', 40000, 'USD'), (NULL, NULL, '2025-11-01', 20000, NULL),
    ('Engineering', 'Compute', '2025-10-15', 76000, 'USD'), ('Engineering', 'Compute', '2025-12-01', 1, 'USD'), (NULL, NULL, '2025-11-01', 7, 'EUR')
) AS b (center, service, month, amount, currency);
-- What its source no longer has does not count.
INSERT INTO data.costs (tenant_id, month, amount, currency, source_removed_at) VALUES (test.tenant(1), '2025-11-05', 1e9, 'USD', now());

SELECT test.become_member(1);
SELECT test.equals('totals on the 18th', to_jsonb(t) - 'changed_at', '{
    "currency": "USD", "left_out": ["EUR"], "elapsed": 0.6, "month": 38000, "month_before": 30900, "month_budget": 60000,
    "month_before_budget": 76000, "month_before_whole": 37900, "year": 77900, "year_before": 50000}'::jsonb)
FROM (
    SELECT t.currency, t.left_out, round(t.elapsed, 4) AS elapsed, t.month, t.month_before, t.month_budget, t.month_before_budget,
        t.month_before_whole, t.year, t.year_before, t.changed_at
    FROM data.spend_totals('2025-11-18 23:59:59+00') AS t
) AS t;
SELECT test.equals('cost centers', jsonb_agg(jsonb_build_array(s.name, s.month, s.before, s.budget)),
    '[["Engineering", 25000, 20000, 40000], ["Sales", 12500, 10000, null], [null, 500, null, 20000]]')
FROM data.top_spend('cost_center', '2025-11-18') AS s;
SELECT test.equals('services', jsonb_agg(jsonb_build_array(s.name, s.month, s.before, s.budget)),
    '[["Compute", 15500, 20000, 40000], ["CRM", 12500, 10000, null]]')
FROM data.top_spend('service', '2025-11-18', 2) AS s;

-- A month that is stated as one row of its last day is compared as a whole one.
RESET ROLE;
DELETE FROM data.costs WHERE tenant_id = test.tenant(1);
INSERT INTO data.costs (tenant_id, month, amount, currency)
SELECT test.tenant(1), m.month, m.amount, 'EUR' FROM (VALUES (date '2025-11-30', 300), ('2025-10-31', 200), ('2024-11-30', 100), ('2024-12-31', 1)) AS m (month, amount);
SELECT test.become_member(1);
SELECT test.equals('monthly rows', jsonb_build_array(t.currency, t.elapsed, t.month, t.month_before, t.year, t.year_before), '["EUR", 1, 300, 200, 500, 100]')
FROM (SELECT t.*, round(t.elapsed, 4) FROM data.spend_totals('2025-11-18') AS t) AS t;
-- And so is February with what follows a longer month.
SELECT test.equals('periods', to_jsonb(p), '{"month_from": "2025-02-01", "month_to": "2025-02-28", "before_from": "2025-01-01", "before_to": "2025-01-31",
    "year_from": "2025-01-01", "last_year_from": "2024-01-01", "last_year_to": "2024-02-29", "elapsed": 1.00000000000000000000}'::jsonb)
FROM data.spend_periods('2025-02-28 12:00+00') AS p;
SELECT test.equals('a day that the month before lacks', jsonb_build_array(p.before_to, p.last_year_to), '["2025-02-28", "2024-03-30"]')
FROM data.spend_periods('2025-03-30 12:00+00') AS p;

-- The neighbour's figures are its own; who has nothing gets nothing.
SELECT test.become_member(2);
SELECT test.equals('the neighbour', t.month, 152000) FROM data.spend_totals('2025-11-18') AS t;
SELECT test.equals('of no costs', jsonb_build_array(t.currency, t.left_out, t.month, t.month_before, t.year, t.changed_at), '[null, [], null, null, null, null]')
FROM data.spend_totals('2027-11-18') AS t;
SELECT set_config('request.tenant_id', '', true) \g /dev/null
SELECT test.equals('of nobody', jsonb_build_array(t.currency, t.left_out, t.month), '[null, [], null]') FROM data.spend_totals('2025-11-18') AS t;
