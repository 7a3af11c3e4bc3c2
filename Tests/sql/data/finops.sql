-- Costs and budgets are entities: counted, audited, told of, and never a neighbour's.
RESET ROLE;
INSERT INTO data.costs (tenant_id, cost_id, cost_center, service, month, amount, currency)
SELECT test.tenant(n), c.id, c.center, 'Compute', c.month, c.amount * n, 'USD'
FROM generate_series(1, 2) AS n
CROSS JOIN (VALUES ('1', 'Engineering', date '2025-11-03', 100), ('2', 'Engineering', '2025-11-17', 50), ('3', 'Sales', '2025-10-01', 8)) AS c (id, center, month, amount);
INSERT INTO data.budgets (tenant_id, cost_center, service, month, amount, currency)
SELECT test.tenant(n), 'Engineering', 'Compute', '2025-11-30', 200, 'USD' FROM generate_series(1, 2) AS n;
DELETE FROM data.costs WHERE tenant_id = test.tenant(1) AND cost_id = '3';

SELECT test.become_member(1);
SELECT test.equals('costs seen', sum(c.amount), 150) FROM data.costs AS c;
SELECT test.equals('budgets seen', sum(b.amount), 200) FROM data.budgets AS b;
SELECT test.equals('totals', jsonb_object_agg(e.entity, e.total), '{"cost": 2, "budget": 1}')
FROM (SELECT c.entity, sum(c.total) AS total FROM data.entity_counts AS c GROUP BY c.entity) AS e;
SELECT test.equals('audited', jsonb_object_agg(a.table_name || ' ' || a.action, a.row_count), '{"costs insert": 3, "costs delete": 1, "budgets insert": 1}')
FROM core.audit_log AS a WHERE a.table_name IN ('costs', 'budgets');
SELECT test.raises($$INSERT INTO data.costs (month, amount) VALUES ('2025-11-01', 1)$$, '42501');
SELECT test.raises($$UPDATE data.budgets SET amount = 0$$, '42501');

RESET ROLE;
SELECT test.raises(format('UPDATE data.costs SET tenant_id = %L WHERE tenant_id = %L', test.tenant(2), test.tenant(1)), 'PT409', 'tenant_is_fixed');
SELECT test.raises(format('INSERT INTO data.costs (tenant_id, month, amount) VALUES (%L, %L, 1e15)', test.tenant(1), '2025-11-01'), '23514', 'costs_amount_check');
SELECT test.raises(format('INSERT INTO data.budgets (tenant_id, month, amount) VALUES (%L, %L, -1e15)', test.tenant(1), '2025-11-01'), '23514', 'budgets_amount_check');
SELECT test.equals('events', array_agg(e.type ORDER BY e.event_id), '{data.cost.created,data.cost.created,data.cost.created,data.budget.created,data.cost.deleted}'::text[])
FROM core.events AS e WHERE e.tenant_id = test.tenant(1) AND e.topic IN ('data.cost', 'data.budget');

-- Analysts compare costs with budgets of the same month, and of their tenant alone.
SELECT set_config('test.role', l.role_name, true) FROM auth.create_bi_login(test.tenant(2)) AS l \g /dev/null
SELECT format('SET LOCAL SESSION AUTHORIZATION %I', current_setting('test.role')) \gexec
SELECT test.equals('spend', jsonb_agg(jsonb_build_array(s.month, s.cost_center, s.cost_amount, s.budget_amount, round(s.budget_used_ratio, 2)) ORDER BY s.month),
    '[["2025-10-01", "Sales", 16, null, null], ["2025-11-01", "Engineering", 300, 200, 1.50]]')
FROM bi.spend_by_month AS s;
SELECT test.equals('days and months of costs', array_agg(c.cost_date || ' ' || c.month ORDER BY c.cost_date),
    '{"2025-10-01 2025-10-01","2025-11-03 2025-11-01","2025-11-17 2025-11-01"}'::text[]) FROM bi.costs AS c;
SELECT test.equals('months of budgets', array_agg(b.month), '{2025-11-01}'::date[]) FROM bi.budgets AS b;
RESET SESSION AUTHORIZATION;
