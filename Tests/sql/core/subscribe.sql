-- Which topics a caller gets, and where delivery begins.
RESET ROLE;
SELECT core.declare_topic('testing.open', 'Open.'), core.declare_topic('testing.closed', 'Closed.', 'audit.read');
INSERT INTO core.event_heads (tenant_id, position, trimmed_position) VALUES (test.tenant(1), 40, 10);
UPDATE core.event_sequencer SET epoch = 3;

SELECT test.become_member(1, permissions => '{}');
SELECT test.equals('of those named, the open ones', s.topics, '{testing.open}'), test.equals('types', s.types, NULL), test.equals('subjects', s.subjects, NULL)
FROM core.subscribe('{testing.closed,testing.open,testing.unknown}', '{}', '{}') AS s;
SELECT test.is_true('of all, the open ones', 'testing.open' = ANY (s.topics) AND 'testing.closed' <> ALL (s.topics))
FROM core.subscribe() AS s;
SELECT test.is_true('no list is all', core.subscribe('{}')::text = core.subscribe()::text);
SELECT test.raises($$SELECT core.subscribe('{testing.closed}')$$, 'PT403', 'forbidden');
SELECT test.raises($$SELECT core.subscribe('{testing.unknown}')$$, 'PT403', 'forbidden');
SELECT test.become_member(1, permissions => '{audit.read}');
SELECT test.equals('with the permission', s.topics, '{testing.closed,testing.open}'),
    test.equals('narrowed', array[s.types, s.subjects], '{{a},{b}}')
FROM core.subscribe('{testing.open,testing.closed}', '{a}', '{b}') AS s;

SELECT test.equals(coalesce(c.since, 'nothing'), jsonb_build_array(s.epoch, s.position, s.head, s.is_lost), c.wanted)
FROM (VALUES
    (NULL,     '[3, 40, 40, false]'::jsonb), ('',    '[3, 40, 40, false]'),
    ('earliest', '[3, 10, 40, false]'), ('3.40', '[3, 40, 40, false]'), ('3.12', '[3, 12, 40, false]'), ('3.10', '[3, 10, 40, false]'),
    ('3.9',    '[3, 10, 40, true]'),  ('3.0',  '[3, 10, 40, true]'),
    ('3.41',   '[3, 40, 40, true]'),  ('2.12', '[3, 40, 40, true]'), ('4.12', '[3, 40, 40, true]')
) AS c (since, wanted)
CROSS JOIN LATERAL core.subscribe(since => c.since) AS s;
SELECT test.raises(format('SELECT core.subscribe(since => %L)', c.since), 'PT400', 'since')
FROM (VALUES ('42'), ('1.'), ('.1'), ('1.-1'), ('1.2.3'), ('evt_1_2'), ('1.1234567890123456789'), ('1234567890.1')) AS c (since);
SELECT core.subscribe(types => array_fill('a'::text, '{100}')) \g /dev/null
SELECT test.raises(format('SELECT core.subscribe(%s => array_fill(%L::text, %L))', f.name, 'a', '{101}'), 'PT400', f.name)
FROM (VALUES ('topics'), ('types'), ('subjects')) AS f (name);

SELECT test.become_member(2);
SELECT test.equals('where nothing has happened', jsonb_build_array(s.position, s.head, s.is_lost), '[0, 0, false]')
FROM core.subscribe(since => '3.0') AS s;
SELECT test.equals('the earliest there', jsonb_build_array(s.position, s.head, s.is_lost), '[0, 0, false]')
FROM core.subscribe(since => 'earliest') AS s;
SELECT test.equals('heads of others', count(*), 0) FROM core.event_heads;
SELECT set_config('request.tenant_id', '', true) \g /dev/null
SELECT test.raises('SELECT core.subscribe()', 'PT401', 'unauthenticated');
SELECT test.become_anon();
SELECT test.raises('SELECT core.subscribe()', '42501');
