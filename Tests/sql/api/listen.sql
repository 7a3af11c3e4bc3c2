-- Who names topics is told of each that there is not; who names none hears all that may be heard.
RESET ROLE;
SELECT core.declare_topic('testing.open', 'Open.'), core.declare_topic('testing.closed', 'Closed.', 'audit.read');
INSERT INTO core.event_heads (tenant_id, position, trimmed_position) VALUES (test.tenant(1), 40, 10);
UPDATE core.event_sequencer SET epoch = 3;
SELECT test.become_member(1, permissions => '{}');
SELECT test.raises($$SELECT api.listen('{testing.open,testing.nothing,else}')$$, 'PT400', '"field" : "topics", "code" : "unknown_topic", "message" : "There is no topic \"testing.nothing\"."');
SELECT test.raises($$SELECT api.listen('{testing.open,testing.nothing,else}')$$, 'PT400', 'There is no topic \"else\".');
SELECT test.raises($$SELECT api.listen('{""}')$$, 'PT400', 'topics');
SELECT test.raises($$SELECT api.listen('{testing.closed}')$$, 'PT403', 'forbidden');
SELECT test.raises($$SELECT api.listen(since => 'x')$$, 'PT400', 'since');
SELECT test.equals('what connected says', s.connected::jsonb - 'at', '{"type": "connected", "id": "3.12", "head": "3.40", "topics": ["testing.open"]}')
FROM api.listen('{testing.closed,testing.open}', since => '3.12') AS s;
SELECT test.equals('the header beats the query', s.position, 30) FROM api.listen(since => '3.12', last_event_id => '3.30') AS s;
SELECT test.equals('an empty one does not', s.position, 12) FROM api.listen(since => '3.12', last_event_id => '') AS s;
SELECT test.is_true('all', s.topics @> '{testing.open,data.account}' AND NOT s.topics @> '{testing.closed}') FROM api.listen() AS s;
SELECT test.equals('an event', api.event_document(e)::jsonb, '{
    "type": "event", "id": "3.42", "topic": "data.account", "event": "data.account.created", "subject_kind": "account",
    "subject_id": "ACC-1", "at": "2025-11-18T12:00:00.123456Z", "data": {"name": "Acme"}}')
FROM (SELECT ROW(7, test.tenant(1), 42, 'data.account', 'data.account.created', 'account', 'ACC-1', '{"name": "Acme"}'::jsonb,
    '2025-11-18 13:00:00.123456+01')::core.event_log AS e) AS s;
SELECT test.is_true('the topics', t @> '[{"topic": "testing.open", "description": "Open."}]' AND NOT t @> '[{"topic": "testing.closed"}]')
FROM (SELECT api.list_topics()::jsonb -> 'topics' AS t) AS s;
SELECT test.become_member(1, permissions => '{audit.read}');
SELECT test.is_true('with the permission', api.list_topics()::jsonb -> 'topics' @> '[{"topic": "testing.closed"}]');
SELECT test.become_anon();
SELECT test.raises('SELECT api.listen()', '42501');
