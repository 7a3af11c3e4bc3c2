-- Which events a look numbers. Transaction ids are made up here, so that one transaction can tell what happens to
-- several; EventLogTests.swift has real ones.
RESET ROLE;
SELECT core.declare_topic('testing.thing', 'Things.');
CREATE FUNCTION test.write(xid integer, event_id bigint, n integer, subject text)
RETURNS void LANGUAGE sql
BEGIN ATOMIC
    INSERT INTO core.events (xid, event_id, tenant_id, topic, type, subject_id) OVERRIDING SYSTEM VALUE
    VALUES (write.xid::text::xid8, 900000000 + write.event_id, test.tenant(write.n), 'testing.thing', 'testing.thing.made', write.subject);
END;
CREATE FUNCTION test.look(max_count integer DEFAULT 1000)
RETURNS text LANGUAGE sql
RETURN (
    SELECT COALESCE(string_agg(s.subject_id || '=' || s.position, ' ' ORDER BY s.serial), '')
    FROM api.sequence_events(look.max_count) AS s
    WHERE s.tenant_id IN (test.tenant(1), test.tenant(2)));
-- All that was committed before has its position.
SELECT count(*) FROM api.sequence_events(100000) \g /dev/null

-- A look that saw up to 40, while 25 and 30 were in progress.
UPDATE core.event_sequencer SET seen = '25:40:25,30', floor_event_id = 900000000;
SELECT test.write(22, 1, 1, 'seen-before');
SELECT test.write(45, 5, 1, 'new'), test.write(25, 2, 1, 'late'), test.write(41, 4, 2, 'others'), test.write(25, 6, 1, 'late-too');
SELECT test.equals('in the order of their ids, dense for each tenant', test.look(), 'late=1 others=1 new=2 late-too=3');
SELECT test.equals('the heads', array_agg(h.position ORDER BY h.tenant_id), '{3,1}')
FROM core.event_heads AS h WHERE h.tenant_id IN (test.tenant(1), test.tenant(2));
SELECT test.equals('the places', array_agg(p.subject_id ORDER BY p.position), '{late,new,late-too}')
FROM core.event_positions AS p WHERE p.tenant_id = test.tenant(1);
SELECT test.equals('serials are dense', max(p.serial) - min(p.serial), 3::bigint), test.equals('up to the last', max(p.serial), (SELECT serial FROM api.event_head()))
FROM core.event_positions AS p WHERE p.tenant_id IN (test.tenant(1), test.tenant(2));
SELECT test.equals('again', test.look(), '');
SELECT test.is_true('the microseconds are the event''s', r.created_us = (extract(epoch FROM p.created_at) * 1000000)::bigint)
FROM core.event_positions AS p JOIN api.read_events(p.serial - 1, 1) AS r ON r.serial = p.serial
WHERE p.tenant_id = test.tenant(1);
SELECT test.equals('read by serial', string_agg(r.subject_id, ' ' ORDER BY r.serial), 'new late-too')
FROM api.read_events((SELECT serial - 2 FROM api.event_head()), 10) AS r;
SELECT test.equals('at most as many', count(*), 1) FROM api.read_events((SELECT serial - 2 FROM api.event_head()), 1) AS r;

-- More than may be numbered at once: the look goes on with its own snapshot, whatever commits meanwhile.
UPDATE core.event_sequencer SET seen = '50:50:';
SELECT test.write(50, 10 + n, 1, 'n' || n) FROM generate_series(1, 5) AS n;
SELECT test.equals('the first two', test.look(2), 'n1=4 n2=5');
SELECT test.equals('more is to come', api.sequencer_pending(), true);
-- One that the look could not see, though its id is lower, and one that it passes over as not of its snapshot.
UPDATE core.event_sequencer SET target = '51:51:';
SELECT test.write(60, 9, 1, 'meanwhile');
SELECT test.equals('two more', test.look(2), 'n3=6 n4=7');
SELECT test.equals('the rest', test.look(2), 'n5=8');
SELECT test.equals('the next look', test.look(2), 'meanwhile=9');
UPDATE core.event_sequencer SET seen = '70:70:';
SELECT test.write(70, 20, 1, 'a'), test.write(70, 21, 1, 'b');
SELECT test.equals('as many as fit', test.look(2), 'a=10 b=11');
SELECT test.equals('are all', target IS NULL, true) FROM core.event_sequencer;

SELECT test.raises('SELECT api.sequence_events(0)', '22023');
SELECT test.raises('SELECT api.sequence_events(100001)', '22023');
SELECT test.raises('SELECT api.sequence_events(NULL)', '22023');
-- Nobody numbers what is not committed.
INSERT INTO core.events (tenant_id, topic, type) VALUES (test.tenant(1), 'testing.thing', 'testing.thing.made');
SELECT test.raises('SELECT api.sequence_events(10)', '25001');

-- Who may call: the server's login, nobody else. It reads no table.
SELECT test.equals('who may call ' || p.proname, ARRAY(
    SELECT r.rolname::text FROM pg_roles AS r
    WHERE r.rolname IN ('pgserver', 'anon', 'member', 'worker', 'bi_owner', 'bi_reader')
      AND has_function_privilege(r.oid, p.oid, 'EXECUTE')), '{pgserver}')
FROM pg_proc AS p
WHERE p.pronamespace = 'api'::regnamespace AND p.proname IN (
    'sequence_events', 'read_events', 'sequencer_pending', 'become_sequencer', 'event_head', 'render_events',
    'ended_sessions', 'catalog_streams', 'catalog_stream_limits');
SET LOCAL ROLE pgserver;
SELECT test.raises('SELECT FROM core.events', '42501');
SELECT test.raises('SELECT FROM core.event_log', '42501');
