-- The graph is what connections, mappings, their fields and the records of the tenant make it.
RESET ROLE;
CREATE FUNCTION pg_temp.graph() RETURNS jsonb LANGUAGE sql AS $$ SELECT autonomos.graph()::jsonb - 'last_updated' $$;
SELECT test.become_member(1);
SELECT test.equals('of nothing', pg_temp.graph(), '{"nodes": [], "edges": [], "confidence": 0}');
SELECT test.equals('the order of its keys', (SELECT string_agg(k, ',') FROM json_object_keys(autonomos.graph()) AS k),
    'nodes,edges,confidence,last_updated');

RESET ROLE;
INSERT INTO data.connections (tenant_id, connection_id, slug, name, connection_type, source_system, status, updated_at)
SELECT c.tenant, c.id::uuid, c.slug, c.name, 'postgres', c.slug, c.status, '2025-11-18 12:00:00+00'::timestamptz
FROM (VALUES
    (test.tenant(1), '00000000-0000-4000-8000-000000000a01', 'salesforce', 'Salesforce', 'ACTIVE'),
    (test.tenant(1), '00000000-0000-4000-8000-000000000a02', 'account',    'Account',    'FAILED'),
    (test.tenant(1), '00000000-0000-4000-8000-000000000a03', 'gone',       'Gone',       'DISCONNECTED'),
    (test.tenant(2), '00000000-0000-4000-8000-000000000b01', 'theirs',     'Theirs',     'ACTIVE')
) AS c (tenant, id, slug, name, status);
INSERT INTO data.mappings (tenant_id, mapping_id, connection_id, entity, source_relation, key_column, source_columns, status)
SELECT m.tenant, m.id::uuid, m.connection::uuid, m.entity, 'r', 'id', '[]', m.status
FROM (VALUES
    (test.tenant(1), '00000000-0000-4000-8000-000000000c01', '00000000-0000-4000-8000-000000000a01', 'account',     'active'),
    (test.tenant(1), '00000000-0000-4000-8000-000000000c02', '00000000-0000-4000-8000-000000000a02', 'account',     'active'),
    (test.tenant(1), '00000000-0000-4000-8000-000000000c03', '00000000-0000-4000-8000-000000000a02', 'contact',     'paused'),
    (test.tenant(1), '00000000-0000-4000-8000-000000000c04', '00000000-0000-4000-8000-000000000a02', 'opportunity', 'active'),
    (test.tenant(2), '00000000-0000-4000-8000-000000000c05', '00000000-0000-4000-8000-000000000b01', 'contact',     'active')
) AS m (tenant, id, connection, entity, status);
INSERT INTO data.mapping_fields (tenant_id, mapping_id, canonical_field, vendor_field, confidence)
VALUES
    (test.tenant(1), '00000000-0000-4000-8000-000000000c01', 'name',   'Name',   1),
    (test.tenant(1), '00000000-0000-4000-8000-000000000c01', 'status', 'Status', 0.8),
    (test.tenant(1), '00000000-0000-4000-8000-000000000c02', 'name',   'Name',   0.9),
    (test.tenant(1), '00000000-0000-4000-8000-000000000c03', 'email',  'Mail',   0.1),
    (test.tenant(2), '00000000-0000-4000-8000-000000000c05', 'email',  'Mail',   0.1);
INSERT INTO data.accounts (tenant_id, account_id, name, source_connection_id, source_relation, source_key)
SELECT test.tenant(1), 'A' || n, 'x', CASE WHEN n <= 3 THEN '00000000-0000-4000-8000-000000000a01' ELSE '00000000-0000-4000-8000-000000000a02' END::uuid, 'r', n
FROM generate_series(1, 5) AS n;
INSERT INTO data.contacts (tenant_id, contact_id) VALUES (test.tenant(1), 'written by hand');

SELECT test.become_member(1);
SELECT test.equals('the graph', pg_temp.graph(), '{
    "nodes": [{"id": "salesforce", "label": "Salesforce", "type": "source"}, {"id": "source:account", "label": "Account", "type": "source"},
              {"id": "account", "label": "Account", "type": "entity"}, {"id": "contact", "label": "Contact", "type": "entity"},
              {"id": "opportunity", "label": "Opportunity", "type": "entity"}],
    "edges": [{"source": "salesforce", "target": "account", "weight": 3}, {"source": "source:account", "target": "account", "weight": 2},
              {"source": "source:account", "target": "opportunity", "weight": 0}],
    "confidence": 0.9}');
SELECT test.is_true('when', (autonomos.graph() ->> 'last_updated')::timestamptz = (SELECT max(m.updated_at) FROM data.mappings AS m));
SELECT test.become_member(2);
SELECT test.equals('of the neighbour', pg_temp.graph(), '{
    "nodes": [{"id": "theirs", "label": "Theirs", "type": "source"}, {"id": "contact", "label": "Contact", "type": "entity"}],
    "edges": [{"source": "theirs", "target": "contact", "weight": 0}], "confidence": 0.1}');
SELECT test.equals('records of an unknown entity', data.count_source_records('00000000-0000-4000-8000-000000000a01', 'planet'), 0);
SELECT test.equals('records of a neighbour', data.count_source_records('00000000-0000-4000-8000-000000000a01', 'account'), 0);

-- Listening to it is listening to all that makes it; and a message is a graph from the first on.
SELECT test.equals('topics', s.topics, '{data.account,data.connection,data.contact,data.mapping,data.mapping_field,data.opportunity}'),
    test.is_true('no greeting', s.connected IS NULL)
FROM autonomos.watch_graph() AS s;
