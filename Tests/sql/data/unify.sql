-- Contacts with the same address become one golden contact, whose fields survive by priority and recency; whatever
-- happens to the contacts, the next run makes it what they are, and a run that is repeated changes nothing.
RESET ROLE;
SELECT test.equals('the compared form of ' || quote_nullable(n.email), data.normal_email(n.email), n.wanted)
FROM (VALUES
    ('ada@example.com',                    'ada@example.com'),
    (E' \t Ada@Example.COM\u00A0\r\n',     'ada@example.com'),
    ('ÉLODIE@Example.com',                 'élodie@example.com'),
    ('a.d.a+crm@gmail.com',                'a.d.a+crm@gmail.com'),
    ('a da@example.com',                   'a da@example.com'),
    ('n/a', NULL), ('', NULL), ('  ', NULL), ('@', NULL), ('@example.com', NULL), ('ada@', NULL), (NULL, NULL),
    (repeat('a', 308) || '@example.com',   repeat('a', 308) || '@example.com'),
    (repeat('a', 309) || '@example.com',   NULL),
    (repeat('a', 4000000) || '@b',         NULL)
) AS n (email, wanted);

CREATE FUNCTION test.add(
    n integer, id text, email text, first_name text, phone text, source text, changed timestamptz)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO data.contacts (tenant_id, contact_id, email, first_name, phone, source_system, created_at, updated_at)
    VALUES (test.tenant(n), id, email, first_name, phone, source, '2025-01-01', changed)
$$;
-- What there is for the calling tenant: address, name, phone, how many contacts, from which systems, and the links.
CREATE FUNCTION test.people() RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_object_agg(g.email, jsonb_build_array(g.first_name, g.phone, g.contact_count, to_jsonb(g.source_systems), (
        SELECT jsonb_agg(l.contact_id ORDER BY l.contact_id) FROM data.contact_links AS l
        WHERE l.golden_contact_id = g.golden_contact_id)))
    FROM data.golden_contacts AS g
$$;
CREATE FUNCTION test.unify(n integer) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    v_result jsonb;
BEGIN
    PERFORM test.become_member(n, permissions => '{}');
    v_result := autonomos.run_unification();
    RESET ROLE;
    RETURN v_result;
END;
$$;
CREATE FUNCTION test.people(n integer) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    v_people jsonb;
BEGIN
    PERFORM test.become_member(n, permissions => '{}');
    v_people := test.people();
    RESET ROLE;
    RETURN v_people;
END;
$$;
SELECT test.equals('of nothing', test.unify(1), '{"status": "ok", "unified_contacts": 0, "links": 0}');

SELECT test.add(1, 'C1', 'Ada@Example.com', 'Ada', NULL, 'salesforce', '2025-03-01');
SELECT test.add(1, 'C2', ' ada@example.com', NULL, '+44 1', 'hubspot', '2025-02-01');
SELECT test.add(1, 'C3', 'ADA@example.com ', 'Augusta', '+44 2', 'mongodb', '2025-01-15');
SELECT test.add(1, 'C4', 'bob@example.com', 'Bob', NULL, 'hubspot', '2025-01-15');
SELECT test.add(1, 'C5', 'n/a', 'Nobody', NULL, 'hubspot', '2025-01-15');
SELECT test.add(1, 'C6', 'n/a', 'Else', NULL, 'mongodb', '2025-01-15');
SELECT test.add(2, 'C1', 'ada@example.com', 'Theirs', NULL, 'hubspot', '2025-04-01');
SELECT test.equals('counts', test.unify(1), '{"status": "ok", "unified_contacts": 2, "links": 4}');
-- Each field is the newest that there is.
SELECT test.equals('by recency', test.people(1), '{
    "ada@example.com": ["Ada", "+44 1", 3, ["hubspot", "mongodb", "salesforce"], ["C1", "C2", "C3"]],
    "bob@example.com": ["Bob", null, 1, ["hubspot"], ["C4"]]}');
SELECT test.equals('whence', g.field_sources, '{"first_name": "C1", "phone": "C2"}')
FROM data.golden_contacts AS g WHERE g.tenant_id = test.tenant(1) AND g.email = 'ada@example.com';
SELECT test.equals('times', (g.created_at, g.updated_at)::text, ('2025-01-01'::timestamptz, '2025-03-01'::timestamptz)::text)
FROM data.golden_contacts AS g WHERE g.tenant_id = test.tenant(1) AND g.email = 'ada@example.com';
SELECT test.equals('nothing of the neighbour yet', test.people(2), NULL);
SELECT test.equals('counts of the neighbour', test.unify(2), '{"status": "ok", "unified_contacts": 1, "links": 1}');
SELECT test.equals('the neighbour''s own', test.people(2), '{"ada@example.com": ["Theirs", null, 1, ["hubspot"], ["C1"]]}');
SELECT test.is_true('other ids than ours', count(DISTINCT g.golden_contact_id) = 3) FROM data.golden_contacts AS g;

-- Again, with every address noted anew: the same rows, not written again.
CREATE TEMPORARY TABLE before ON COMMIT DROP AS SELECT g.ctid AS place, g.* FROM data.golden_contacts AS g;
CREATE TEMPORARY TABLE before_links ON COMMIT DROP AS SELECT l.ctid AS place, l.* FROM data.contact_links AS l;
INSERT INTO data.contact_changes (tenant_id, emails)
VALUES (test.tenant(1), '{ada@example.com,bob@example.com,never@example.com}'), (test.tenant(1), '{ada@example.com}');
SELECT test.equals('counts again', test.unify(1), '{"status": "ok", "unified_contacts": 2, "links": 4}');
SELECT test.equals('golden contacts written again', count(*), 0) FROM (
    SELECT g.ctid, g.golden_contact_id FROM data.golden_contacts AS g EXCEPT SELECT b.place, b.golden_contact_id FROM before AS b) AS d;
SELECT test.equals('links written again', count(*), 0) FROM (
    SELECT l.ctid, l.contact_id FROM data.contact_links AS l EXCEPT SELECT b.place, b.contact_id FROM before_links AS b) AS d;
SELECT test.equals('notes left', count(*), 0) FROM data.contact_changes AS c WHERE c.tenant_id = test.tenant(1);

-- A source that comes first gives what it has; what it lacks comes from the next.
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT data.set_source_priorities('[{"source_system": "mongodb", "priority": 1}, {"source_system": "hubspot", "priority": 2}]');
SELECT test.unify(1);
SELECT test.equals('by priority', test.people(1) -> 'ada@example.com',
    '["Augusta", "+44 2", 3, ["hubspot", "mongodb", "salesforce"], ["C1", "C2", "C3"]]');
UPDATE data.contacts SET phone = NULL WHERE tenant_id = test.tenant(1) AND contact_id = 'C3';
SELECT test.unify(1);
SELECT test.equals('the next source', test.people(1) -> 'ada@example.com' -> 1, '"+44 1"');
-- Only the tenant's own priorities count, and a tie of everything goes to the lowest id.
SELECT test.add(2, 'C0', 'ada@example.com', 'First', NULL, 'salesforce', '2025-04-01');
SELECT test.unify(2);
SELECT test.equals('the neighbour by recency, then id', test.people(2) -> 'ada@example.com' ->> 0, 'First');
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT data.set_source_priorities('[]');
SELECT test.unify(1);
SELECT test.equals('without priorities', test.people(1) -> 'ada@example.com' ->> 0, 'Ada');

-- A new address parts a contact from the others, or joins it to others.
UPDATE data.contacts SET email = 'augusta@example.com' WHERE tenant_id = test.tenant(1) AND contact_id = 'C3';
SELECT test.equals('counts after the split', test.unify(1), '{"status": "ok", "unified_contacts": 3, "links": 4}');
SELECT test.equals('split', test.people(1) -> 'augusta@example.com', '["Augusta", null, 1, ["mongodb"], ["C3"]]');
SELECT test.equals('what is left', test.people(1) -> 'ada@example.com' -> 4, '["C1", "C2"]');
UPDATE data.contacts SET email = 'BOB@example.com' WHERE tenant_id = test.tenant(1) AND contact_id IN ('C3', 'C1');
SELECT test.equals('counts after the move', test.unify(1), '{"status": "ok", "unified_contacts": 2, "links": 4}');
SELECT test.equals('moved', test.people(1), '{
    "ada@example.com": [null, "+44 1", 1, ["hubspot"], ["C2"]],
    "bob@example.com": ["Ada", null, 3, ["hubspot", "mongodb", "salesforce"], ["C1", "C3", "C4"]]}');

-- What its source has no more leaves, and comes back with it; so does what loses its address or is deleted.
UPDATE data.contacts SET source_removed_at = now() WHERE tenant_id = test.tenant(1) AND contact_id = 'C2';
UPDATE data.contacts SET email = NULL WHERE tenant_id = test.tenant(1) AND contact_id = 'C1';
DELETE FROM data.contacts WHERE tenant_id = test.tenant(1) AND contact_id = 'C4';
SELECT test.equals('counts after the leaving', test.unify(1), '{"status": "ok", "unified_contacts": 1, "links": 1}');
SELECT test.equals('who is left', test.people(1), '{"bob@example.com": ["Augusta", null, 1, ["mongodb"], ["C3"]]}');
UPDATE data.contacts SET source_removed_at = NULL WHERE tenant_id = test.tenant(1) AND contact_id = 'C2';
SELECT test.unify(1);
SELECT test.is_true('the same id as before', g.golden_contact_id = b.golden_contact_id)
FROM data.golden_contacts AS g JOIN before AS b ON b.tenant_id = g.tenant_id AND b.email = g.email
WHERE g.tenant_id = test.tenant(1) AND g.email = 'ada@example.com';

-- A run that is cut off says so and leaves the rest to a job, which goes on until there is none.
INSERT INTO data.contacts (tenant_id, contact_id, email)
SELECT test.tenant(1), 'M' || n, 'many' || n || '@example.com' FROM generate_series(1, 12000) AS n;
DELETE FROM work.jobs AS j WHERE j.kind = 'data.unify_contacts';
SELECT test.become_member(1, permissions => '{}');
SELECT set_config('role', 'worker', true);
SELECT test.equals('cut off', data.unify(1) - 'links' - 'unified_contacts', '{"addresses": 10000, "is_complete": false}');
SELECT test.equals('the rest', data.unify_contacts('{}') - 'links', '{"unified_contacts": 12002, "addresses": 2000, "is_complete": true}');
RESET ROLE;
SELECT test.equals('no job for nothing', count(*), 0) FROM work.jobs AS j WHERE j.kind = 'data.unify_contacts';
UPDATE data.contacts SET title = 'Boss' WHERE tenant_id IN (test.tenant(1), test.tenant(2)) AND email_key IS NOT NULL;
SELECT set_config('request.tenant_id', work.system_tenant()::text, true), set_config('role', 'worker', true);
SELECT test.is_true('tenants that wait', (data.unify_all('{}') ->> 'tenants')::int >= 2);
SELECT data.unify_all('{}');
RESET ROLE;
SELECT test.equals('one job each', array_agg(j.tenant_id ORDER BY j.tenant_id), ARRAY[test.tenant(1), test.tenant(2)])
FROM work.jobs AS j WHERE j.kind = 'data.unify_contacts' AND j.tenant_id IN (test.tenant(1), test.tenant(2));

-- A sync that wrote contacts has them unified at its end; one that wrote none, or something else, does not.
DELETE FROM work.jobs AS j WHERE j.kind = 'data.unify_contacts';
INSERT INTO data.connections (tenant_id, connection_id, slug, name, connection_type, source_system)
VALUES (test.tenant(1), test.person(1), 'source', 'Source', 'push', 'crm');
CREATE FUNCTION test.end_sync(entity text, inserted int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_sync data.syncs;
BEGIN
    INSERT INTO data.syncs AS s (tenant_id, connection_id, status) VALUES (test.tenant(1), test.person(1), 'running')
    RETURNING s.* INTO STRICT v_sync;
    INSERT INTO data.sync_runs (
        tenant_id, connection_id, mapping_id, sync_id, entity, status, rows_read, rows_inserted, rows_unchanged, finished_at)
    VALUES (
        test.tenant(1), test.person(1), gen_random_uuid(), v_sync.sync_id, entity, 'succeeded', 1, inserted, 1 - inserted, now());
    PERFORM test.become_member(1, permissions => '{}'), set_config('role', 'pgserver_owner', true);
    PERFORM data.end_sync(v_sync);
    RESET ROLE;
END;
$$;
SELECT test.end_sync('contact', 0), test.end_sync('account', 1);
SELECT test.equals('jobs after other syncs', count(*), 0) FROM work.jobs AS j WHERE j.kind = 'data.unify_contacts';
SELECT test.end_sync('contact', 1);
SELECT test.equals('jobs after a sync of contacts', array_agg(j.tenant_id), ARRAY[test.tenant(1)])
FROM work.jobs AS j WHERE j.kind = 'data.unify_contacts';

-- Who may see and change what.
SELECT test.become_member(2, permissions => '{}');
SELECT test.equals('tenants seen', array_agg(DISTINCT t.tenant_id), ARRAY[test.tenant(2)])
FROM (
    SELECT g.tenant_id FROM data.golden_contacts AS g
    UNION ALL SELECT l.tenant_id FROM data.contact_links AS l
    UNION ALL SELECT u.tenant_id FROM data.unifications AS u
) AS t;
SELECT test.raises('SELECT emails FROM data.contact_changes', '42501');
SELECT test.raises($$INSERT INTO data.contact_links (contact_id, golden_contact_id) VALUES ('x', 'y')$$, '42501');
SELECT test.raises('DELETE FROM data.golden_contacts', '42501');
SELECT test.raises('SELECT data.begin_unification()', '42501');
SELECT test.raises($$SELECT data.set_source_priorities('[]')$$, 'PT403', 'forbidden');
SELECT test.become_anon();
SELECT test.raises('SELECT data.unify()', '42501');
SELECT test.raises('SELECT autonomos.run_unification()', '42501');
RESET ROLE;
SELECT set_config('request.tenant_id', '', true), set_config('role', 'worker', true);
SELECT test.raises('SELECT data.unify()', 'PT401', 'unauthenticated');

-- What is wrong with priorities is said by name.
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT test.raises(format('SELECT data.set_source_priorities(%L)', p.priorities), 'PT400', p.field)
FROM (VALUES
    ('{}', 'source_priorities'), ('[1]', 'source_priorities[0]'), (NULL, 'source_priorities'),
    ('[{"priority": 1}]', 'source_priorities[0].source_system'),
    ('[{"source_system": "Sales Force", "priority": 1}]', 'source_priorities[0].source_system'),
    ('[{"source_system": 7, "priority": 1}]', 'source_priorities[0].source_system'),
    ('[{"source_system": "a", "priority": 0}]', 'source_priorities[0].priority'),
    ('[{"source_system": "a", "priority": 1001}]', 'source_priorities[0].priority'),
    ('[{"source_system": "a", "priority": 1.5}]', 'source_priorities[0].priority'),
    ('[{"source_system": "a", "priority": "1"}]', 'source_priorities[0].priority'),
    ('[{"source_system": "a"}]', 'source_priorities[0].priority'),
    ('[{"source_system": "a", "priority": 1}, {"source_system": "a", "priority": 2}]', 'source_priorities[1].source_system'),
    ((SELECT jsonb_agg(jsonb_build_object('source_system', 's' || n, 'priority', 1))::text FROM generate_series(1, 201) AS n), 'source_priorities')
) AS p (priorities, field);

-- Whoever empties all contacts empties what was made of them.
RESET ROLE;
TRUNCATE data.contacts;
SELECT test.equals('what is left of it', count(*), 0) FROM data.golden_contacts;
SELECT test.equals('counts of nothing', test.unify(1), '{"status": "ok", "unified_contacts": 0, "links": 0}');
