-- How deals stand, worked out by hand, on the 18th of November 2025.
RESET ROLE;
SELECT test.equals(s.stage, data.deal_outcome(s.stage), s.outcome)
FROM (VALUES
    ('Closed Won', 'won'), ('closedwon', 'won'), ('WON', 'won'), ('3 - won!', 'won'), ('Closed Lost', 'lost'), ('closedlost', 'lost'), ('Lost to rival', 'lost'),
    ('Dead', 'lost'), ('Disqualified', 'lost'), ('Proposal', 'open'), ('Wonder', 'open'), ('Closing', 'open'), ('Blossom', 'open'), ('', 'open'), (NULL, 'open')
) AS s (stage, outcome);
INSERT INTO data.opportunities (tenant_id, name, stage, amount, currency, close_date, probability, created_at)
SELECT test.tenant(t.n), d.name, d.stage, d.amount * t.n, d.currency, d.close_date, d.probability, d.created_at
FROM (VALUES (1), (2)) AS t (n)
CROSS JOIN (VALUES
    ('open, old',          'Proposal',    1000.0, 'USD', date '2025-12-20', 0.5, timestamptz '2025-09-01'),
    ('open, new',          'Proposal',     500.0, 'USD', '2025-12-01', 0.1, '2025-11-10'),
    ('open, next quarter', 'Negotiation', 3000.0, NULL,  '2026-02-01', 0.9, '2025-06-01'),
    ('open, no amount',    NULL,           NULL,  'USD', NULL,         NULL, '2025-11-01'),
    ('open, euro',         'Proposal',    7777.0, 'EUR', '2025-12-20', 0.5, '2025-09-01'),
    ('won this month',     'Closed Won',  2000.0, 'USD', '2025-11-05', 1.0, '2025-08-01'),
    ('won later',          'Closed Won',  9000.0, 'USD', '2025-11-19', 1.0, '2025-08-01'),
    ('won last month',     'closedwon',   1000.0, 'USD', '2025-10-18', 1.0, '2025-08-01'),
    ('won, later day',     'closedwon',    600.0, 'USD', '2025-10-19', 1.0, '2025-08-01'),
    ('lost this month',    'Closed Lost',   10.0, 'USD', '2025-11-01', 0.0, '2025-08-01'),
    ('won before',         'Won',          800.0, 'USD', '2025-08-01', 1.0, '2025-05-01'),
    ('lost before',        'Lost',          10.0, 'USD', '2025-08-20', 0.0, '2025-05-01'),
    ('lost long ago',      'Lost',          10.0, 'USD', '2025-07-20', 0.0, '2025-05-01')
) AS d (name, stage, amount, currency, close_date, probability, created_at);
INSERT INTO data.opportunities (tenant_id, name, stage, amount, currency, source_removed_at) VALUES (test.tenant(1), 'gone', 'Proposal', 1000000.0, 'USD', now());

SELECT test.become_member(1);
SELECT test.equals('totals', to_jsonb(t) - 'changed_at' - '{win_rate,win_rate_before,won_average,won_average_before}'::text[], '{
    "currency": "USD", "left_out": ["EUR"], "open_amount": 4500.0, "open_amount_before": 15610.0, "open_count": 4,
    "won_month": 2000.0, "won_month_before": 1000.0, "weighted_quarter": 550.00, "weighted_quarter_before": 500.00}'::jsonb)
FROM data.sales_totals('2025-11-18 12:00+00') AS t;
-- Of 90 days three were won and one was lost (the 20th of August is the first day); of the 90 before one of three.
SELECT test.equals('rates', jsonb_build_array(round(t.win_rate, 4), round(t.win_rate_before, 4), round(t.won_average, 2), round(t.won_average_before, 2)),
    '[0.7500, 0.3333, 1200.00, 800.00]')
FROM data.sales_totals('2025-11-18 12:00+00') AS t;
SELECT test.equals('stages', jsonb_agg(jsonb_build_array(s.stage, s.deal_count, s.amount, s.amount_before)),
    '[["Negotiation", 1, 3000.0, 3000.0], ["Proposal", 2, 1500.0, 1000.0], [null, 1, null, null]]')
FROM data.open_deals_by_stage('2025-11-18 12:00+00') AS s;
SELECT test.become_member(2);
SELECT test.equals('the neighbour', t.open_amount, 9000.0) FROM data.sales_totals('2025-11-18 12:00+00') AS t;
SELECT set_config('request.tenant_id', '', true) \g /dev/null
SELECT test.equals('of nobody', jsonb_build_array(t.currency, t.left_out, t.open_amount, t.open_count, t.win_rate, t.changed_at), '[null, [], null, 0, null, null]')
FROM data.sales_totals('2025-11-18') AS t;
