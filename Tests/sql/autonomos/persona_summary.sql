-- Tiles and tables as the contract writes them, from rows; and what an empty tenant is shown.
SELECT test.equals('money ' || COALESCE(m.amount::text, 'none'), autonomos.money(m.amount, m.currency), m.wanted)
FROM (VALUES
    (45230, 'USD', '$45,230'), (45230.49, 'EUR', '€45,230'), (-1200.5, 'GBP', '-£1,201'), (8.5, 'USD', '$8.50'), (8, 'USD', '$8'), (0, 'USD', '$0'),
    (-0.001, 'USD', '$0.00'), (1234567890123, 'CHF', 'CHF 1,234,567,890,123'), (12, NULL, '12'), (NULL, 'USD', NULL)
) AS m (amount, currency, wanted);
SELECT test.equals('change', autonomos.change_text(c.figure, c.before), c.wanted)
FROM (VALUES
    (112, 100, '+12%'), (97, 100, '-3%'), (100, 100, '0%'), (100.4, 100, '0%'), (3000, 2, '+149,900%'), (0, 5, '-100%'), (5, 0, NULL), (NULL, 5, NULL), (5, NULL, NULL),
    (-5, -10, '+50%')
) AS c (figure, before, wanted);
SELECT test.equals('points', array_agg(autonomos.points_text(p.rate, p.before) ORDER BY p.n), '{"+2 pts","-10 pts","0 pts",NULL}'::text[])
FROM (VALUES (1, 0.92, 0.9), (2, 0.2, 0.3), (3, 0.5, 0.5), (4, 0.5, NULL)) AS p (n, rate, before);

-- Nothing is made up for a tenant that has nothing.
SELECT test.equals('tiles without data of a ' || p.persona, jsonb_agg(DISTINCT jsonb_build_array(t.tile ->> 'value', t.tile ->> 'delta', t.tile ->> 'last_updated')), '[["No data", null, null]]')
FROM unnest(enum_range(NULL::data.persona)) AS p (persona)
CROSS JOIN LATERAL jsonb_array_elements(autonomos.persona_summary(p.persona)::jsonb -> 'tiles') AS t (tile)
GROUP BY p.persona;
SELECT test.equals('rows without data of a ' || p.persona, autonomos.persona_summary(p.persona)::jsonb #> '{table,rows}', '[]')
FROM unnest(enum_range(NULL::data.persona)) AS p (persona);

-- The contract's example, key for key and figure for figure.
RESET ROLE;
INSERT INTO data.costs (tenant_id, cost_center, service, month, amount, currency, updated_at)
SELECT test.tenant(n), c.center, c.service, c.month, c.amount * n, 'USD', '2025-11-18 12:00+00'
FROM generate_series(1, 2) AS n
CROSS JOIN (VALUES
    ('Engineering', 'Compute', date '2025-11-03', 25000), ('Sales', 'CRM', '2025-11-15', 12500), (NULL, 'Compute', '2025-11-18', 7730),
    ('Engineering', 'Compute', '2025-10-02', 21739.13), ('Sales', 'CRM', '2025-10-17', 11574.07)
) AS c (center, service, month, amount);
INSERT INTO data.budgets (tenant_id, month, amount, currency, updated_at)
SELECT test.tenant(n), b.month, b.amount * n, 'USD', '2025-11-01' FROM generate_series(1, 2) AS n CROSS JOIN (VALUES (date '2025-11-01', 67306.5), ('2025-10-01', 66626.4)) AS b (month, amount);
SELECT test.become_member(1);
SELECT test.equals('the tile', autonomos.coo_summary('2025-11-18 12:00+00')::jsonb #> '{tiles,0}', '{
    "key": "cloud_spend", "title": "Cloud Spend (MTD)", "value": "$45,230", "delta": "+12%", "timeframe": "MTD vs Budget",
    "last_updated": "2025-11-18T12:00:00Z", "href": "/finops"}');
SELECT test.equals('the order of its keys', (SELECT array_agg(k) FROM json_object_keys(autonomos.coo_summary('2025-11-18 12:00+00') #> '{tiles,0}') AS k),
    '{key,title,value,delta,timeframe,last_updated,href}'::text[]);
SELECT test.equals('the table', autonomos.coo_summary('2025-11-18 12:00+00')::jsonb -> 'table', '{
    "title": "Top 10 Cost Centers (MTD)", "columns": ["Cost Center", "MTD Spend", "Δ vs prior period"],
    "rows": [["Engineering", "$25,000", "+15%"], ["Sales", "$12,500", "+8%"], ["Unassigned", "$7,730", null]], "href": "/finops/cost-centers"}');
SELECT test.equals('the budget', (autonomos.coo_summary('2025-11-18 12:00+00')::jsonb #> '{tiles,1}') - 'last_updated', '{
    "key": "budget_used", "title": "Budget Used (MTD)", "value": "67%", "delta": "+17 pts", "timeframe": "MTD vs prior month", "href": "/finops/budgets"}');
SELECT test.equals('the CFO''s', jsonb_agg(jsonb_build_array(t.tile ->> 'key', t.tile ->> 'value', t.tile ->> 'delta') ORDER BY t.n),
    '[["total_spend", "$78,543", null], ["budget_variance", "+$4,846", "+12%"], ["forecast_spend", "$75,383", "+12%"], ["weighted_pipeline", "No data", null]]')
FROM jsonb_array_elements(autonomos.cfo_summary('2025-11-18 12:00+00')::jsonb -> 'tiles') WITH ORDINALITY AS t (tile, n);
SELECT test.equals('the keys of the answer', (SELECT array_agg(k) FROM json_object_keys(autonomos.persona_summary('coo')) AS k), '{persona,tiles,table,trace_id}'::text[]);

-- What is in another currency is not added up, and the answer says so.
RESET ROLE;
SAVEPOINT euros;
INSERT INTO data.costs (tenant_id, month, amount, currency) VALUES (test.tenant(1), now(), 1, 'EUR'), (test.tenant(1), now(), 1, 'USD'), (test.tenant(1), now(), 1, 'USD');
SELECT test.become_member(1);
SELECT test.equals('what is left out', autonomos.persona_summary('coo')::jsonb -> 'left_out', '[{"domain": "finops", "shown": "USD", "currencies": ["EUR"]}]');
RESET ROLE;
ROLLBACK TO euros;

-- Connections, syncs and drift.
RESET ROLE;
INSERT INTO data.connections (tenant_id, connection_id, slug, name, connection_type, source_system, status, created_at, updated_at, last_sync_at)
SELECT test.tenant(n), test.person(n, k.nth), k.slug, k.slug, 'push', 'crm', k.status, k.at, '2025-11-18 10:00+00', '2025-11-18 08:00+00'
FROM generate_series(1, 2) AS n
CROSS JOIN (VALUES (1, 'crm', 'ACTIVE', timestamptz '2025-11-01'), (2, 'erp', 'FAILED', '2025-01-01'), (3, 'old', 'DISCONNECTED', '2025-01-01')) AS k (nth, slug, status, at);
INSERT INTO data.sync_runs (tenant_id, connection_id, mapping_id, entity, status, started_at, finished_at, rows_read, rows_inserted, rows_rejected)
SELECT test.tenant(1), test.person(1, r.nth), gen_random_uuid(), 'account', r.status, r.at, r.at, r.read, r.read - 1, 1
FROM (VALUES (1, 'succeeded', timestamptz '2025-11-18 08:00+00', 1201), (1, 'failed', '2025-11-18 07:00+00', 1), (1, 'succeeded', '2025-11-17 08:00+00', 1001), (1, 'succeeded', '2025-11-10', 9)) AS r (nth, status, at, read);
INSERT INTO data.schema_snapshots (tenant_id, connection_id, version, relations, fingerprint, last_seen_at) VALUES (test.tenant(1), test.person(1, 1), 1, '[]', '', '2025-11-18 09:00+00');
INSERT INTO data.drift_events (tenant_id, connection_id, version, event_type, relation, old_schema, new_schema, confidence, created_at)
SELECT test.tenant(1), test.person(1, 1), 1, 'field_added', 'r', '{}', '{}', 1, d.at FROM (VALUES (timestamptz '2025-11-18 09:00+00'), ('2025-11-18 08:00+00'), ('2025-11-17 09:00+00')) AS d (at);
SELECT test.become_member(1);
SELECT test.equals('the CTO''s tiles', jsonb_agg(jsonb_build_array(t.tile ->> 'key', t.tile ->> 'value', t.tile ->> 'delta', t.tile ->> 'last_updated') ORDER BY t.n), '[
    ["active_connectors", "1 of 2", "+1", "2025-11-18T10:00:00Z"], ["sync_success", "50%", "-50 pts", "2025-11-18T08:00:00Z"],
    ["schema_drift", "2", "+100%", "2025-11-18T09:00:00Z"], ["failed_jobs", "No data", null, null]]')
FROM jsonb_array_elements(autonomos.cto_summary('2025-11-18 12:00+00')::jsonb -> 'tiles') WITH ORDINALITY AS t (tile, n);
SELECT test.equals('the CTO''s table', autonomos.cto_summary('2025-11-18 12:00+00')::jsonb #> '{table,rows}', '[["erp", "30", "0", null], ["crm", "84", "1,200", "+20%"]]');
SELECT test.equals('records', t.tile ->> 'value' || ' ' || (t.tile ->> 'delta'), '1,200 +20%')
FROM jsonb_array_elements(autonomos.coo_summary('2025-11-18 12:00+00')::jsonb -> 'tiles') AS t (tile) WHERE t.tile ->> 'key' = 'records_synced';

-- The neighbour is shown its own.
SELECT test.become_member(2);
SELECT test.equals('the neighbour''s spend', autonomos.coo_summary('2025-11-18 12:00+00')::jsonb #>> '{tiles,0,value}', '$90,460');
SELECT test.equals('the neighbour''s records', autonomos.coo_summary('2025-11-18 12:00+00')::jsonb #>> '{tiles,2,value}', '0');
