-- Costs of a file and budgets that are pushed become figures through mappings, like any entity.
SET LOCAL client_min_messages = warning;
RESET ROLE;
INSERT INTO data.connections (tenant_id, connection_id, slug, name, connection_type, source_system, status)
VALUES (test.tenant(1), test.person(1), 'bills', 'Bills', 'filesource', 'filesource', 'ACTIVE'),
       (test.tenant(1), test.person(2), 'plan', 'Plan', 'push', 'erp', 'ACTIVE');
INSERT INTO data.schema_snapshots (tenant_id, connection_id, version, relations, fingerprint)
VALUES
    (test.tenant(1), test.person(1), 1, '[{"relation": "bill", "columns": [{"column": "team", "type": "text"}, {"column": "product", "type": "text"},
        {"column": "day", "type": "text"}, {"column": "charge", "type": "text"}, {"column": "invoice", "type": "text"}]}]', '\x01'),
    (test.tenant(1), test.person(2), 1, '[{"relation": "budget", "columns": [{"column": "id", "type": "integer"}, {"column": "period", "type": "date"}, {"column": "value", "type": "numeric"}]}]', '\x02');
INSERT INTO data.source_relations (tenant_id, connection_id, relation, key_field, last_row_no, row_count)
VALUES (test.tenant(1), test.person(1), 'bill', NULL, 4, 4), (test.tenant(1), test.person(2), 'budget', 'id', 1, 1);
INSERT INTO data.source_rows (tenant_id, connection_id, relation, generation, row_no, source_key, source_row)
SELECT test.tenant(1), r.connection, r.relation, 1, r.no, r.key, r.entry
FROM (VALUES
    (test.person(1), 'bill', 1, NULL, '{"team": " Engineering ", "product": "Compute", "day": "03/11/2025", "charge": "$1,234.50", "invoice": "A1"}'::jsonb),
    (test.person(1), 'bill', 2, NULL, '{"team": "Sales", "product": "CRM", "day": "17/11/2025", "charge": "765.50"}'),
    (test.person(1), 'bill', 3, NULL, '{"team": "Sales", "product": "CRM", "day": "17/11/2025", "charge": null}'),
    (test.person(1), 'bill', 4, NULL, '{"team": "Sales", "product": "CRM", "day": null, "charge": "5"}'),
    (test.person(2), 'budget', 1, '7', '{"id": 7, "period": "2025-11-01", "value": 4000}')
) AS r (connection, relation, no, key, entry);

SELECT test.become_member(1, permissions => '{connections.write}');
SELECT data.create_mapping(test.person(1), 'cost', 'bill', NULL, '[
    {"canonical_field": "cost_center", "vendor_field": "team", "coercion": "trim"}, {"canonical_field": "service", "vendor_field": "product"},
    {"canonical_field": "month", "vendor_field": "day", "coercion": {"date": "DD/MM/YYYY"}}, {"canonical_field": "amount", "vendor_field": "charge", "coercion": "currency"}]') \g /dev/null
SELECT data.create_mapping(test.person(2), 'budget', 'budget', NULL, '[
    {"canonical_field": "month", "vendor_field": "period"}, {"canonical_field": "amount", "vendor_field": "value"}]') \g /dev/null
RESET ROLE;
CREATE FUNCTION pg_temp.sync(id uuid) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_arguments jsonb;
BEGIN
    PERFORM test.become_member(1, permissions => '{connections.write}');
    PERFORM data.start_sync(sync.id);
    FOR v_step IN 1 .. 20 LOOP
        PERFORM set_config('role', 'none', true);
        DELETE FROM work.jobs AS j USING data.syncs AS s WHERE s.connection_id = sync.id AND j.job_id = s.job_id RETURNING j.arguments INTO v_arguments;
        PERFORM set_config('role', 'worker', true);
        EXIT WHEN data.run_sync(v_arguments) ->> 'status' <> 'running';
    END LOOP;
    PERFORM set_config('role', 'none', true);
    RETURN (SELECT s.status || ' ' || s.rows_inserted || ' ' || s.rows_rejected FROM data.syncs AS s WHERE s.connection_id = sync.id);
END;
$$;
SELECT test.equals('the bill', pg_temp.sync(test.person(1)), 'succeeded 2 2');
SELECT test.equals('the plan', pg_temp.sync(test.person(2)), 'succeeded 1 0');
SELECT test.become_member(1);
SELECT test.equals('costs', jsonb_agg(jsonb_build_array(c.cost_center, c.service, c.month, trim_scale(c.amount), c.currency, c.source_system, c.cost_id LIKE 'CST-%') ORDER BY c.month),
    '[["Engineering", "Compute", "2025-11-03", 1234.5, null, "filesource", true], ["Sales", "CRM", "2025-11-17", 765.5, null, "filesource", true]]')
FROM data.costs AS c;
SELECT test.equals('what is not mapped', c.extras, '{"invoice": "A1"}') FROM data.costs AS c WHERE c.cost_center = 'Engineering';
SELECT test.equals('why rows were refused', array_agg(j.faults -> 0 ->> 'field' || ' ' || (j.faults -> 0 ->> 'code') ORDER BY j.reject_key), '{"amount required","month required"}'::text[])
FROM data.sync_rejects AS j;
SELECT test.equals('the tile', autonomos.coo_summary('2025-11-18')::jsonb #>> '{tiles,0,value}' || ' ' || (autonomos.coo_summary('2025-11-18')::jsonb #>> '{tiles,0,delta}'), '2,000 -17%');
