-- An event belongs to the transaction, the tenant and the topic it is published with.
RESET ROLE;
SELECT core.declare_topic('testing.thing', 'Things.');
SELECT test.raises($$SELECT core.declare_topic('testing', 'No thing.')$$, '23514', 'topics_topic_check');
SELECT test.raises($$SELECT core.declare_topic('Testing.Thing', 'Capitals.')$$, '23514', 'topics_topic_check');

SELECT test.become_member(1);
SELECT core.publish('testing.thing', 'testing.thing.made', '{"size": 7}', 'thing', '42');
SELECT core.publish('testing.thing', 'testing.thing.forgotten');
SELECT test.equals('what is written', array_agg(
        jsonb_build_array(e.tenant_id, e.topic, e.type, e.subject_kind, e.subject_id, e.payload) ORDER BY e.event_id),
    ARRAY[
        jsonb_build_array(test.tenant(1), 'testing.thing', 'testing.thing.made', 'thing', '42', '{"size": 7}'::jsonb),
        jsonb_build_array(test.tenant(1), 'testing.thing', 'testing.thing.forgotten', NULL, NULL, '{}'::jsonb)])
FROM core.events AS e WHERE e.topic = 'testing.thing';
SELECT test.is_true('the transaction is its own', bool_and(e.xid = pg_current_xact_id()))
FROM core.events AS e WHERE e.topic = 'testing.thing';

-- Nobody publishes to what is not declared, for another tenant, or for none.
SELECT test.raises($$SELECT core.publish('testing.thong', 'testing.thong.made')$$, '42704', 'no topic is named testing.thong');
SELECT test.raises($$SELECT core.publish('testing.thing', 'testing.thing.made', tenant_id => test.tenant(2))$$, '42501');
SELECT test.raises($$INSERT INTO core.events (tenant_id, topic, type) VALUES (test.tenant(2), 'testing.thing', 'testing.thing.made')$$, '42501');
SELECT test.raises($$INSERT INTO core.events (xid, topic, type) VALUES ('1', 'testing.thing', 'testing.thing.made')$$, '42501');
SELECT test.raises($$INSERT INTO core.events (created_at, topic, type) VALUES ('-infinity', 'testing.thing', 'testing.thing.made')$$, '42501');
SELECT test.raises('UPDATE core.events SET payload = ''{}''', '42501');
SELECT test.raises('DELETE FROM core.events', '42501');
SELECT test.raises($$SELECT core.declare_topic('testing.other', 'Other.')$$, '42501');
SELECT test.become_anon();
SELECT test.raises($$SELECT core.publish('testing.thing', 'testing.thing.made')$$, '42501');
RESET ROLE;
SELECT set_config('request.tenant_id', '', true) \g /dev/null
SELECT test.raises($$SELECT core.publish('testing.thing', 'testing.thing.made')$$, '23502');
SELECT test.become_member(1);

-- Bounds, at their value and one past it.
SELECT core.publish('testing.thing', 'testing.thing.made', jsonb_build_object('text', repeat('x', 65500)));
SELECT test.raises($$SELECT core.publish('testing.thing', 'testing.thing.made', jsonb_build_object('text', repeat('x', 65536)))$$, '54000');
SELECT test.raises($$SELECT core.publish('testing.thing', 'testing.thing.made', '[]')$$, '23514', 'events_payload_check');
SELECT test.raises($$SELECT core.publish('testing.thing', 'Made!')$$, '23514', 'events_type_check');
SELECT core.publish('testing.thing', repeat('a', 100), subject_kind => repeat('k', 100), subject_id => repeat('s', 400));
SELECT test.raises($$SELECT core.publish('testing.thing', repeat('a', 101))$$, '23514', 'events_type_check');
SELECT test.raises($$SELECT core.publish('testing.thing', 'a', subject_kind => repeat('k', 101))$$, '23514', 'events_subject_kind_check');
SELECT test.raises($$SELECT core.publish('testing.thing', 'a', subject_id => repeat('s', 401))$$, '23514', 'events_subject_id_check');

-- A day without a partition of its own takes its event all the same.
RESET ROLE;
INSERT INTO core.events (created_at, tenant_id, topic, type)
VALUES ('2001-01-01', test.tenant(1), 'testing.thing', 'testing.thing.early'),
       ('2101-01-01', test.tenant(1), 'testing.thing', 'testing.thing.far');
SELECT test.equals('where they are', array_agg(DISTINCT e.tableoid::regclass::text), '{core.events_default}')
FROM core.events AS e WHERE e.type IN ('testing.thing.early', 'testing.thing.far');

-- A file that is gone takes its topics and limits with it.
SELECT set_config('api.declaring_file', 'functions/testing.sql', true) \g /dev/null
SELECT core.declare_topic('testing.gone', 'Gone.'), core.declare_stream_limit('autopack', 'gone', 'tenant_id', 1);
SELECT core.forget_file('functions/testing.sql');
SELECT test.equals('topics left', count(*), 0) FROM core.topics AS t WHERE t.topic = 'testing.gone';
SELECT test.equals('limits left', count(*), 0) FROM core.stream_limits AS l WHERE l.stream_class = 'gone';
SELECT test.raises($$SELECT core.declare_stream_limit('autopack', 'none', 'tenant_id', 0)$$, '23514', 'stream_limits_limit_count_check');
