-- What analysts see of people and of a tenant's own kinds of record: their tenant's, and in columns that say what they mean.
RESET ROLE;
CREATE FUNCTION test.become_analyst(n integer) RETURNS void LANGUAGE sql AS $$
    SELECT set_config('request.tenant_id', test.tenant(n)::text, true), set_config('role', 'bi_reader', true)
$$;
INSERT INTO data.connections (tenant_id, connection_id, slug, name, connection_type, source_system)
SELECT test.tenant(n), test.person(n), 'source', 'Source', 'push', 'crm' FROM generate_series(1, 2) AS n;
INSERT INTO data.contacts (tenant_id, contact_id, email, first_name, source_system)
VALUES
    (test.tenant(1), 'C1', 'ada@example.com', 'Ada', 'crm'), (test.tenant(1), 'C2', 'ADA@example.com', NULL, 'erp'),
    (test.tenant(1), 'C3', 'n/a', 'Bob', 'erp'), (test.tenant(2), 'C1', 'ada@example.com', 'Theirs', 'crm');
INSERT INTO data.record_types (tenant_id, record_type, title, fields)
SELECT test.tenant(n), 'flight', 'Flight', '[]' FROM generate_series(1, 2) AS n;
INSERT INTO data.records (
    tenant_id, record_type, source_connection_id, source_key, record_id, fields, source_system, source_relation)
SELECT test.tenant(n), 'flight', test.person(n), '1', 'REC-' || n, jsonb_build_object('origin', 'EWR', 'of', n), 'crm', 'flights'
FROM generate_series(1, 2) AS n;
SELECT test.become_member(1);
SELECT data.unify();
SELECT test.become_member(2);
SELECT data.unify();

SELECT test.become_analyst(1);
SELECT test.equals('people', jsonb_agg(jsonb_build_array(g.email, g.first_name, g.contact_count, g.source_systems, g.field_sources)),
    '[["ada@example.com", "Ada", 2, ["crm", "erp"], {"first_name": "C1"}]]') FROM bi.golden_contacts AS g;
SELECT test.equals('contacts of one person', jsonb_agg(c.contact_id ORDER BY c.contact_id), '["C1", "C2"]')
FROM bi.golden_contacts AS g JOIN bi.contact_links AS l USING (golden_contact_id) JOIN bi.contacts AS c USING (contact_id);
SELECT test.equals('records', jsonb_agg(jsonb_build_array(r.record_type, r.record_id, r.fields, r.source_relation, r.removed_at)),
    '[["flight", "REC-1", {"origin": "EWR", "of": 1}, "flights", null]]')
FROM bi.records AS r JOIN bi.connections AS c USING (connection_id);
SELECT test.become_analyst(2);
SELECT test.equals('people of the other tenant', jsonb_agg(g.first_name), '["Theirs"]') FROM bi.golden_contacts AS g;
SELECT test.equals('links of the other tenant', jsonb_agg(l.contact_id), '["C1"]') FROM bi.contact_links AS l;
SELECT test.equals('records of the other tenant', jsonb_agg(r.record_id), '["REC-2"]') FROM bi.records AS r;
SELECT set_config('request.tenant_id', '', true);
SELECT test.equals('of nobody', (SELECT count(*) FROM bi.golden_contacts) + (SELECT count(*) FROM bi.contact_links) + (SELECT count(*) FROM bi.records), 0);
