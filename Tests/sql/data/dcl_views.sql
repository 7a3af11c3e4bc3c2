-- The lists of AutonomOS: newest first, ties by id, one total for every page, whichever way a page is found; those that
-- filters leave; page after page by cursor.
RESET ROLE;
CREATE FUNCTION test.page(view json) RETURNS TABLE (items json, total bigint, item_count int) LANGUAGE sql AS $$
    SELECT view -> 'data', (view #>> '{meta,total}')::bigint, (view #>> '{meta,count}')::int
$$;
-- The ids of a page, in its order.
CREATE FUNCTION test.ids(view json) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(v.value, ',' ORDER BY i.position)
    FROM json_array_elements(view -> 'data') WITH ORDINALITY AS i (item, position)
    CROSS JOIN LATERAL (SELECT value FROM json_each_text(i.item) LIMIT 1) AS v
$$;
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
FROM test.page(autonomos.list_accounts()) AS p;
SELECT test.equals('an opportunity, to the letter', p.items::text,
    '[{"opportunity_id":"OPP-001","account_id":"ACC-001","name":"Q4 Enterprise Deal","stage":"Proposal","amount":50000.0,'
    '"currency":"USD","close_date":"2025-12-31","owner_id":null,"probability":0.7,"extras":{},"source_system":"salesforce",'
    '"source_connection_id":null,"created_at":"2025-11-15T08:00:00Z","updated_at":"2025-11-18T10:00:00Z","synced_at":null}]')
FROM test.page(autonomos.list_opportunities()) AS p;

-- The time zone and date style of a session do not show.
SET LOCAL timezone = 'Asia/Tokyo';
SET LOCAL datestyle = 'German';
SELECT test.is_true('times in UTC', p.items::text LIKE '%"created_at":"2025-11-15T08:00:00Z"%') FROM test.page(autonomos.list_accounts()) AS p;

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
    FROM test.page(autonomos.list_accounts(100, o.skip)) AS l
) AS p
CROSS JOIN LATERAL (
    SELECT string_agg(a.account_id, ',' ORDER BY a.created_at DESC, a.account_id) AS ids, count(*)::int AS count
    FROM (SELECT * FROM data.accounts ORDER BY created_at DESC, account_id LIMIT 100 OFFSET o.skip) AS a
) AS w;
SELECT test.raises('SELECT autonomos.list_accounts(0)', '23514');
SELECT test.raises('SELECT autonomos.list_accounts(1001)', '23514');
SELECT test.raises('SELECT autonomos.list_accounts(1, -1)', '23514');
SELECT test.become_member(2);
SELECT test.equals('a neighbour''s total', p.total, 7::bigint) FROM test.page(autonomos.list_accounts(1)) AS p;
SELECT test.equals('an empty list', p.items::text, '[]'), test.equals('of', p.total, 0::bigint) FROM test.page(autonomos.list_opportunities()) AS p;

-- Filters: each by itself and all together; an empty one is none. The total is of what they leave.
RESET ROLE;
SET LOCAL timezone = 'UTC';
DELETE FROM data.accounts WHERE tenant_id IN (test.tenant(1), test.tenant(2));
INSERT INTO data.connections (tenant_id, connection_id, slug, name, connection_type, source_system)
SELECT test.tenant(n), test.person(n), 'source', 'Source', 'push', 'crm' FROM generate_series(1, 2) AS n;
INSERT INTO data.accounts (
    tenant_id, account_id, name, type, industry, owner_id, status, source_system, source_connection_id, source_relation,
    source_key, created_at, updated_at)
VALUES
    (test.tenant(1), 'A1', 'One',   'customer', 'Retail',  'O1', 'active', 'crm',    test.person(1), 'r', '1', '2025-01-01', '2025-01-05'),
    (test.tenant(1), 'A2', 'Two',   'partner',  'Retail',  'O2', 'gone',   'crm',    test.person(1), 'r', '2', '2025-01-02', '2025-01-04'),
    (test.tenant(1), 'A3', 'Th''ree"', NULL,    'Mining',  'O1', NULL,     'system', NULL,         NULL, NULL, '2025-01-03', '2025-01-03'),
    (test.tenant(2), 'B1', 'One',   'customer', 'Retail',  'O1', 'active', 'crm',    test.person(2), 'r', '1', '2025-01-01', '2025-01-05');
INSERT INTO data.opportunities (tenant_id, opportunity_id, account_id, name, stage, currency, owner_id, created_at)
VALUES
    (test.tenant(1), 'P1', 'A1', 'Deal', 'Proposal', 'EUR', 'O1', '2024-01-01'), (test.tenant(1), 'P2', 'A2', 'Deal', 'Won', 'EUR', 'O1', '2024-01-02');
INSERT INTO data.contacts (
    tenant_id, contact_id, account_id, email, first_name, last_name, phone, title, owner_id, source_system, extras, created_at,
    updated_at, synced_at)
VALUES
    (test.tenant(1), 'C1', 'A1', 'Ada@Example.com', 'Ada', 'Lovelace', '+44 1', 'Countess', 'O1', 'crm', '{"a": 1}', '2025-01-01', '2025-01-02', '2025-01-03'),
    (test.tenant(1), 'C2', NULL, 'ada@example.com ', NULL, 'Byron', NULL, NULL, NULL, 'erp', '{}', '2025-01-02', '2025-01-05', NULL),
    (test.tenant(1), 'C3', NULL, 'n/a', 'Bob', NULL, NULL, NULL, NULL, 'erp', '{}', '2025-01-03', '2025-01-03', NULL),
    (test.tenant(2), 'C9', NULL, 'ada@example.com', 'Theirs', NULL, NULL, NULL, NULL, 'crm', '{}', '2025-01-03', '2025-01-03', NULL);
SELECT test.become_member(1);
SELECT data.unify();
SELECT test.equals('accounts of ' || a.what, test.ids(a.view) || ' ' || (a.view #>> '{meta,total}') || (a.view #>> '{meta,count}'), a.wanted)
FROM (VALUES
    ('all',            autonomos.list_accounts(), 'A3,A2,A1 33'),
    ('an empty filter', autonomos.list_accounts(industry => '', cursor => NULL), 'A3,A2,A1 33'),
    ('an id',          autonomos.list_accounts(account_id => 'A2'), 'A2 11'),
    ('a name',         autonomos.list_accounts(name => 'Th''ree"'), 'A3 11'),
    ('a type',         autonomos.list_accounts(type => 'customer'), 'A1 11'),
    ('an industry',    autonomos.list_accounts(industry => 'Retail'), 'A2,A1 22'),
    ('an owner',       autonomos.list_accounts(owner_id => 'O1'), 'A3,A1 22'),
    ('a status',       autonomos.list_accounts(status => 'gone'), 'A2 11'),
    ('a system',       autonomos.list_accounts(source_system => 'crm'), 'A2,A1 22'),
    ('a connection',   autonomos.list_accounts(source_connection_id => test.person(1)), 'A2,A1 22'),
    ('a time',         autonomos.list_accounts(updated_since => '2025-01-04'), 'A2,A1 22'),
    ('several',        autonomos.list_accounts(industry => 'Retail', owner_id => 'O1'), 'A1 11'),
    ('a page of them', autonomos.list_accounts(1, 1, industry => 'Retail'), 'A1 21'),
    ('behind them',    autonomos.list_accounts(1, 5, industry => 'Retail'), NULL),
    ('the neighbour''s connection', autonomos.list_accounts(source_connection_id => test.person(2)), NULL),
    ('no SQL',         autonomos.list_accounts(name => ''' OR true --'), NULL)
) AS a (what, view, wanted);
SELECT test.equals('of what there is not', v::jsonb, '{"success": true, "data": [], "meta": {"total": 0, "limit": 100, "offset": 0, "count": 0}}')
FROM autonomos.list_accounts(name => 'Zero') AS v;
SELECT test.equals('opportunities of ' || o.what, test.ids(o.view) || ' ' || (o.view #>> '{meta,total}'), o.wanted)
FROM (VALUES
    ('a stage',    autonomos.list_opportunities(stage => 'Won'), 'P2 1'),
    ('a currency', autonomos.list_opportunities(currency => 'EUR'), 'P2,P1 2'),
    ('an account', autonomos.list_opportunities(account_id => 'A1'), 'P1 1'),
    ('a name',     autonomos.list_opportunities(name => 'Deal', opportunity_id => 'P1', owner_id => 'O1', source_system => 'system'), 'P1 1')
) AS o (what, view, wanted);
SELECT test.equals('contacts of ' || c.what, test.ids(c.view) || ' ' || (c.view #>> '{meta,total}'), c.wanted)
FROM (VALUES
    ('all',        autonomos.list_contacts(), 'C3,C2,C1 3'),
    ('an address', autonomos.list_contacts(email => ' ADA@example.com'), 'C2,C1 2'),
    ('none',       autonomos.list_contacts(email => 'n/a'), NULL),
    ('names',      autonomos.list_contacts(first_name => 'Ada', last_name => 'Lovelace', phone => '+44 1', title => 'Countess', owner_id => 'O1', account_id => 'A1'), 'C1 1'),
    ('a system',   autonomos.list_contacts(source_system => 'erp', updated_since => '2025-01-04'), 'C2 1')
) AS c (what, view, wanted);
SELECT test.equals('golden contacts of ' || g.what, (g.view #>> '{meta,total}') || (g.view #>> '{data,0,email}'), g.wanted)
FROM (VALUES
    ('all',            autonomos.list_golden_contacts(), '1ada@example.com'),
    ('an address',     autonomos.list_golden_contacts(email => 'Ada@Example.com '), '1ada@example.com'),
    ('a system',       autonomos.list_golden_contacts(source_system => 'crm', last_name => 'Byron', first_name => 'Ada'), '1ada@example.com'),
    ('another system', autonomos.list_golden_contacts(source_system => 'cr'), NULL),
    ('a run',          autonomos.list_golden_contacts(unified_since => now(), updated_since => '2025-01-05'), '1ada@example.com'),
    ('the next run',   autonomos.list_golden_contacts(unified_since => now() + interval '1 s'), NULL)
) AS g (what, view, wanted);
SELECT test.equals('a contact, to the letter', (autonomos.list_contacts(contact_id => 'C1') -> 'data')::text,
    '[{"contact_id":"C1","account_id":"A1","email":"Ada@Example.com","first_name":"Ada","last_name":"Lovelace","phone":"+44 1",'
    '"title":"Countess","owner_id":"O1","external_ids":{},"extras":{"a": 1},"source_system":"crm","source_connection_id":null,'
    '"created_at":"2025-01-01T00:00:00Z","updated_at":"2025-01-02T00:00:00Z","synced_at":"2025-01-03T00:00:00Z"}]');
SELECT test.equals('a golden contact', (autonomos.list_golden_contacts() #> '{data,0}')::jsonb - 'golden_contact_id' - 'unified_at', '{
    "email": "ada@example.com", "first_name": "Ada", "last_name": "Byron", "phone": "+44 1", "title": "Countess",
    "account_id": "A1", "owner_id": "O1",
    "field_sources": {"first_name": "C1", "last_name": "C2", "phone": "C1", "title": "C1", "account_id": "C1", "owner_id": "C1"},
    "source_systems": ["crm", "erp"], "contact_count": 2, "created_at": "2025-01-01T00:00:00Z",
    "updated_at": "2025-01-05T00:00:00Z"}');

-- By cursor: each record once, in the list's order, whatever the page's size, with ties and odd ids on the way. What
-- comes on top meanwhile is not met, and does not shift what follows. The total stays that of the first page.
RESET ROLE;
INSERT INTO data.contacts (tenant_id, contact_id, title, created_at)
SELECT test.tenant(1), (ARRAY['C.', 'é%&', 'C ', '0.0.'])[1 + n % 4] || lpad(n::text, 3, '0'), (ARRAY['odd', 'even'])[1 + n % 2],
    timestamptz '2024-12-31 23:59:59.999999' - (n / 7) * interval '1 microsecond'
FROM generate_series(1, 100) AS n;
CREATE FUNCTION test.walk(size int, wanted_title text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_cursor text := '';
    v_view   json;
    v_ids    text[] := '{}';
BEGIN
    FOR v_page IN 1 .. 1000 LOOP
        v_view := autonomos.list_contacts(size, cursor => v_cursor, title => wanted_title);
        v_ids := v_ids || test.ids(v_view);
        PERFORM test.equals('total on the way', (v_view #>> '{meta,total}')::bigint, CASE WHEN wanted_title IS NULL THEN 103 ELSE 50 END::bigint);
        PERFORM test.equals('keys of meta', (SELECT string_agg(k, ',') FROM json_object_keys(v_view -> 'meta') AS k), 'total,limit,offset,count,next_cursor');
        v_cursor := v_view #>> '{meta,next_cursor}';
        IF v_page = 1 THEN
            RESET ROLE;
            INSERT INTO data.contacts (tenant_id, contact_id, title) VALUES (test.tenant(1), 'NEW', wanted_title);
            PERFORM set_config('role', 'member', true);
        END IF;
        EXIT WHEN v_cursor IS NULL;
    END LOOP;
    RESET ROLE;
    DELETE FROM data.contacts WHERE tenant_id = test.tenant(1) AND contact_id = 'NEW';
    PERFORM set_config('role', 'member', true);
    RETURN array_to_string(v_ids, ',');
END;
$$;
SELECT test.become_member(1);
SELECT test.equals(format('%s at a time, %s', w.size, w.title), test.walk(w.size, w.title), (
    SELECT string_agg(c.contact_id, ',' ORDER BY c.created_at DESC, c.contact_id)
    FROM data.contacts AS c WHERE w.title IS NULL OR c.title = w.title))
FROM (SELECT s.size, t.title FROM unnest('{1,3,7,50,102,103,1000}'::int[]) AS s (size) CROSS JOIN unnest('{NULL,odd}'::text[]) AS t (title)) AS w;
SELECT test.raises(format('SELECT autonomos.list_contacts(cursor => %L)', c.cursor), 'PT400', 'cursor')
FROM unnest('{x,1.2,1..C1,".1.C1","99999999999999999.1.C1","1.9999999999999999999.C1",1.1.}'::text[]) AS c (cursor);
SELECT test.raises($$SELECT autonomos.list_contacts(10, 1, '')$$, 'PT400', 'offset');
-- A cursor of a neighbour shows one's own.
SELECT set_config('test.cursor', autonomos.list_contacts(1, cursor => '') #>> '{meta,next_cursor}', true);
SELECT test.become_member(2);
SELECT test.equals('behind a neighbour''s cursor', test.ids(autonomos.list_contacts(10, cursor => current_setting('test.cursor'))), 'C9');
