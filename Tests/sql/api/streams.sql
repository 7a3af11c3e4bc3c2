-- A stream declared in SQL: what the server is told of it, its frames, its history, and what can be wrong with it.
RESET ROLE;
SET LOCAL ROLE pgserver_owner;
SELECT core.declare_topic('testing.open', 'Open.'), core.declare_topic('testing.closed', 'Closed.', 'audit.read');
CREATE FUNCTION autopack.testing_stream(since text DEFAULT NULL)
RETURNS api.subscription LANGUAGE plpgsql STABLE SECURITY INVOKER AS $$
BEGIN
    RETURN core.subscribe('{testing.open,testing.closed}', since => testing_stream.since);
END$$;
-- Divides by what the event says: 0 fails, and a negative number is not shown.
CREATE FUNCTION autopack.testing_frame(event core.event_log)
RETURNS json LANGUAGE plpgsql IMMUTABLE SECURITY INVOKER AS $$
BEGIN
    RETURN CASE WHEN (event.payload ->> 'n')::integer >= 0
        THEN json_build_object('subject', event.subject_id, 'share', 100 / (event.payload ->> 'n')::integer) END;
END$$;
CREATE FUNCTION autopack.testing_state()
RETURNS json LANGUAGE plpgsql STABLE SECURITY INVOKER AS $$BEGIN RETURN '{}'; END$$;
DO $$
DECLARE
    v_function text;
BEGIN
    FOREACH v_function IN ARRAY ARRAY['testing_stream(text)', 'testing_frame(core.event_log)', 'testing_state()'] LOOP
        EXECUTE format('COMMENT ON FUNCTION autopack.%s IS %L', v_function, 'For a test.');
        EXECUTE format('REVOKE ALL ON FUNCTION autopack.%s FROM PUBLIC', v_function);
        EXECUTE format('GRANT EXECUTE ON FUNCTION autopack.%s TO member', v_function);
    END LOOP;
END$$;
RESET ROLE;
SELECT core.declare_stream_limit('autopack', 'testing', 'tenant_id', 7), core.declare_stream_limit('autopack', 'testing', 'user_id', 3);
SELECT api.stream('GET /testing/stream', 'autopack.testing_stream', 'websocket', frame => 'autopack.testing_frame',
    class => 'testing', token_param => 'token', heartbeat => '20 s', heartbeat_template => '{"ts":${ts_naive}}',
    sources => '{"since": "header:Last-Event-ID"}');
SELECT api.stream('GET /testing/state', 'autopack.testing_stream', state => 'autopack.testing_state');
SELECT test.equals('the catalog', array_agg(f), NULL) FROM api.catalog_faults() AS f;

SELECT test.equals('the route', jsonb_build_array(r.kind, r.returns, r.is_read_only, r.auth, r.content_type), '["stream", "subscription", true, "required", "text/event-stream"]')
FROM api.catalog_routes() AS r WHERE r.path = '/testing/stream';
SELECT test.equals('the stream', to_jsonb(s) - 'route_id', '{
    "transport": "websocket", "frame": "autopack.testing_frame", "state": null, "coalesce_ms": 250,
    "heartbeat_ms": 20000, "connected_event": "connected", "event_name": "event", "heartbeat_event": "heartbeat",
    "error_event": "error", "lost_event": "lost", "heartbeat_template": "{\"ts\":${ts_naive}}",
    "error_template": "{\"type\":\"error\",\"code\":${code},\"message\":${message},\"ts\":${ts}}",
    "lost_template": "{\"type\":\"lost\",\"code\":\"history_lost\",\"message\":${message},\"position\":${id},\"ts\":${ts}}",
    "stream_class": "testing", "token_param": "token", "retry_ms": 3000, "receive": "ignore", "allowed_origins": null}')
FROM api.catalog_streams() AS s JOIN api.routes AS r USING (route_id) WHERE r.path = '/testing/stream';
SELECT test.equals('its parameter', array_agg(p.source || ':' || p.source_name), '{header:last-event-id}')
FROM api.catalog_parameters() AS p JOIN api.routes AS r USING (route_id) WHERE r.path = '/testing/stream';
SELECT test.equals('its limits', array_agg(l.subject || '=' || l.limit_count ORDER BY l.subject), '{tenant_id=7,user_id=3}')
FROM api.catalog_stream_limits() AS l WHERE l.dialect = 'autopack' AND l.stream_class = 'testing';
INSERT INTO core.stream_limits VALUES ('auterity', 'testing', 'user_id', 5, 'interactive', '1');
SELECT test.equals('limits are inherited', array_agg(l.limit_count), '{5}')
FROM api.catalog_stream_limits() AS l WHERE l.dialect = 'auterity_auth' AND l.stream_class = 'testing';
DELETE FROM core.stream_limits WHERE dialect = 'auterity';

-- A log of two tenants, a topic that not everybody may see, an event that cannot be shown and one that is not.
INSERT INTO core.events (xid, event_id, created_at, tenant_id, topic, type, subject_id, payload) OVERRIDING SYSTEM VALUE
SELECT '9', 900000000 + n, '2001-01-01'::timestamptz + n * interval '1 s', test.tenant(tenant), 'testing.' || topic, 'testing.' || type, subject, jsonb_build_object('n', value)
FROM (VALUES
    (1, 1, 'open', 'made', 'a', 1), (2, 1, 'closed', 'made', 'b', 2), (3, 1, 'open', 'made', 'c', 0),
    (4, 1, 'open', 'sold', 'd', -1), (5, 1, 'open', 'sold', 'a', 4), (6, 2, 'open', 'made', 'z', 1)
) AS e (n, tenant, topic, type, subject, value);
INSERT INTO core.event_positions (serial, tenant_id, position, xid, event_id, created_at, topic, type, subject_id)
SELECT 900000000 + e.event_id, e.tenant_id, CASE e.tenant_id WHEN test.tenant(1) THEN e.event_id - 900000000 ELSE 1 END,
    e.xid, e.event_id, e.created_at, e.topic, e.type, e.subject_id
FROM core.events AS e WHERE e.xid = '9';
INSERT INTO core.event_heads (tenant_id, position) VALUES (test.tenant(1), 5), (test.tenant(2), 1);
SELECT set_config('test.route', (SELECT route_id::text FROM api.routes WHERE path = '/testing/stream'), true),
    set_config('test.state', (SELECT route_id::text FROM api.routes WHERE path = '/testing/state'), true) \g /dev/null

-- Frames, for the relay: each pair by itself, whatever becomes of its neighbours.
SELECT test.equals('frames', jsonb_agg(jsonb_build_array(f.serial - 1800000000, f.frame, f.error) ORDER BY f.serial) FILTER (WHERE f.serial IS NOT NULL), '[
    [1, "{\"subject\" : \"a\", \"share\" : 100}", null],
    [3, null, "22012: division by zero"],
    [4, null, null],
    [6, "{\"subject\" : \"z\", \"share\" : 100}", null]]'),
    test.equals('what sends no events', jsonb_agg(f.route_id = -1 ORDER BY f.route_id) FILTER (WHERE f.serial IS NULL), '[true, false]')
FROM api.render_events(
    ARRAY[1800000006, 1800000001, 1800000003, 1800000004, 1800000005, 1899999999, 1800000001],
    ARRAY[current_setting('test.route')::integer, current_setting('test.route')::integer, current_setting('test.route')::integer,
        current_setting('test.route')::integer, current_setting('test.state')::integer, current_setting('test.route')::integer, -1]) AS f;
SELECT test.equals('without a failure among them', jsonb_agg(f.frame ORDER BY f.serial), '["{\"subject\" : \"a\", \"share\" : 100}", null, "{\"subject\" : \"a\", \"share\" : 25}"]')
FROM api.render_events(ARRAY[1800000005, 1800000001, 1800000004], array_fill(current_setting('test.route')::integer, '{3}')) AS f;
SELECT test.equals('nothing asked', count(*), 0) FROM api.render_events('{}', '{}');

-- History, as the caller: what may not be seen is not there, and each page says how far it looked.
CREATE FUNCTION test.history(after_position bigint, max_count integer, types text[] DEFAULT NULL, subjects text[] DEFAULT NULL)
RETURNS jsonb LANGUAGE sql
RETURN (
    SELECT jsonb_agg(jsonb_build_array(h.position, (h.frame::jsonb) ->> 'subject', h.is_error) ORDER BY h.position, h.created_us NULLS LAST)
    FROM api.event_history(current_setting('test.route')::integer, '{testing.open,testing.closed}', history.types, history.subjects, history.after_position, history.max_count) AS h);
SELECT test.become_member(1, permissions => '{}');
SELECT test.equals('all', test.history(0, 100), '[[1, "a", false], [3, null, true], [5, "a", false], [5, null, false]]');
SELECT test.equals('a page', test.history(0, 2), '[[1, "a", false], [2, null, false]]');
SELECT test.equals('the next', test.history(2, 2), '[[3, null, true], [4, null, false]]');
SELECT test.equals('the last', test.history(4, 2), '[[5, "a", false], [5, null, false]]');
SELECT test.equals('the end', test.history(5, 2), '[[5, null, false]]');
SELECT test.equals('behind it', test.history(7, 2), '[[7, null, false]]');
SELECT test.equals('of a type', test.history(0, 100, types => '{testing.sold}'), '[[5, "a", false], [5, null, false]]');
SELECT test.equals('of a subject', test.history(0, 100, subjects => '{c,x}'), '[[3, null, true], [5, null, false]]');
SELECT test.equals('when', h.created_us, 978307201000000) FROM api.event_history(current_setting('test.route')::integer, '{testing.open}', NULL, NULL, 0, 1) AS h LIMIT 1;
SELECT test.become_member(1, permissions => '{audit.read}');
SELECT test.equals('with the permission', test.history(1, 1), '[[2, "b", false], [2, null, false]]');
SELECT test.equals('the log', array_agg(l.position ORDER BY l.position), '{1,2,3,4,5}') FROM core.event_log AS l;
SELECT test.become_member(2);
SELECT test.equals('of another tenant', test.history(0, 100), '[[1, "z", false], [1, null, false]]');
SELECT test.equals('the log of another', array_agg(DISTINCT l.tenant_id), ARRAY[test.tenant(2)]) FROM core.event_log AS l;
SELECT test.equals('its positions', count(*), 1) FROM core.event_positions;
SELECT test.equals('its events', count(*), 1) FROM core.events;
RESET ROLE;
UPDATE core.event_heads SET trimmed_position = 2 WHERE tenant_id = test.tenant(1);
SELECT test.become_member(1);
SELECT test.raises('SELECT test.history(1, 100)', 'PT410', 'history_lost');
SELECT test.equals('what is left', test.history(2, 1), '[[3, null, true], [3, null, false]]');

-- What can be wrong.
RESET ROLE;
CREATE FUNCTION test.breaks(change text, fault text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_faults text[];
BEGIN
    BEGIN
        EXECUTE breaks.change;
        v_faults := ARRAY(SELECT f FROM api.catalog_faults() AS f);
        RAISE EXCEPTION USING ERRCODE = 'UNDO0';
    EXCEPTION WHEN SQLSTATE 'UNDO0' THEN
        NULL;
    END;
    IF NOT EXISTS (SELECT FROM unnest(v_faults) AS f (said) WHERE f.said LIKE breaks.fault) THEN
        RAISE EXCEPTION '% told % and not %', breaks.change, v_faults, breaks.fault;
    END IF;
END;
$$;
SELECT test.breaks('DROP FUNCTION autopack.testing_stream', 'GET /testing/stream: function autopack.testing_stream does not exist.');
SELECT test.breaks('DROP FUNCTION autopack.testing_frame', 'GET /testing/stream: function autopack.testing_frame(core.event_log), which makes its frames, does not exist.');
SELECT test.breaks('DROP FUNCTION autopack.testing_state', 'GET /testing/state: function autopack.testing_state(), which makes its states, does not exist.');
SELECT test.breaks($$SELECT api.stream('GET /testing/stream', 'autopack.testing_state', frame => 'autopack.testing_frame')$$, '%autopack.testing_state returns json; a stream returns api.subscription.');
SELECT test.breaks($$SELECT api.route('GET /testing/other', 'autopack.testing_stream')$$, '%autopack.testing_stream returns api.subscription; an endpoint returns%');
SELECT test.breaks($$SELECT api.stream('POST /testing/stream', 'autopack.testing_stream', frame => 'autopack.testing_frame')$$, 'POST /testing/stream: a stream is read with GET.');
SELECT test.breaks('ALTER FUNCTION autopack.testing_stream VOLATILE', '%VOLATILE; a GET route needs a STABLE one.');
SELECT test.breaks('ALTER FUNCTION autopack.testing_frame VOLATILE', '%testing_frame is VOLATILE; what is sent is made by a STABLE one.');
SELECT test.breaks('ALTER FUNCTION autopack.testing_frame SECURITY DEFINER', '%testing_frame lends its owner''s rights but has no SET search_path.');
SELECT test.breaks('REVOKE EXECUTE ON FUNCTION autopack.testing_frame FROM member', '%role member may not execute autopack.testing_frame.');
SELECT test.breaks('ALTER FUNCTION autopack.testing_frame OWNER TO CURRENT_USER; REVOKE EXECUTE ON FUNCTION autopack.testing_frame FROM pgserver_owner', '%role pgserver_owner may not execute autopack.testing_frame.');
SELECT test.breaks('GRANT EXECUTE ON FUNCTION autopack.testing_state TO PUBLIC', '%PUBLIC may execute autopack.testing_state.');
SELECT test.breaks('COMMENT ON FUNCTION autopack.testing_state() IS NULL', '%testing_state has no comment.');
SELECT test.breaks($$DROP FUNCTION autopack.testing_state; CREATE FUNCTION autopack.testing_state() RETURNS text LANGUAGE sql STABLE RETURN ''$$, '%testing_state returns text; what is sent is json.');
SELECT test.breaks($$DELETE FROM core.stream_limits WHERE stream_class = 'testing'$$, '%dialect autopack has no stream limit for class testing.');
SELECT test.breaks($$SELECT core.declare_stream_limit('nobody', 'testing', 'tenant_id', 1)$$, 'Stream class testing of dialect nobody: there is no such dialect.');
SELECT test.breaks($$UPDATE api.streams SET token_param = 'since' WHERE route_id = current_setting('test.state')::integer$$, '%since carries its credential and is a parameter%');
SELECT test.breaks($$UPDATE api.streams SET heartbeat_template = '{"m":${message}}'$$, '%its heartbeat template has the unknown slot message.');
SELECT test.breaks($$UPDATE api.streams SET error_template = '${oops}'$$, '%its stream_error template has the unknown slot oops.');
SELECT test.breaks($$UPDATE api.streams SET lost_template = '[[id:'$$, '%its lost template has an unbalanced section.');
SELECT test.breaks($$SELECT core.declare_topic('testing.secret', 'Secret.', 'nobody.may')$$, 'Topic testing.secret: no role carries permission nobody.may.');

SELECT test.raises(format($$SELECT api.stream('GET /testing/bad', 'autopack.testing_stream'%s)$$, c.arguments), '23514', c.fault)
FROM (VALUES
    ('',                                                                                    'streams_frame_check'),
    (', frame => ''autopack.testing_frame'', state => ''autopack.testing_state''',          'streams_frame_check'),
    (', frame => ''testing_frame''',                                                        'streams_frame_form_check'),
    (', state => ''autopack.testing state''',                                               'streams_state_form_check'),
    (', state => ''autopack.testing_state'', coalesce_after => ''9 ms''',                   'streams_coalesce_ms_check'),
    (', state => ''autopack.testing_state'', coalesce_after => ''60001 ms''',               'streams_coalesce_ms_check'),
    (', state => ''autopack.testing_state'', heartbeat => ''99 ms''',                       'streams_heartbeat_ms_check'),
    (', state => ''autopack.testing_state'', heartbeat => ''11 min''',                      'streams_heartbeat_ms_check'),
    (', state => ''autopack.testing_state'', retry => ''11 min''',                          'streams_retry_ms_check'),
    (', state => ''autopack.testing_state'', event_name => E''a\nb''',                      'streams_event_name_check'),
    (', state => ''autopack.testing_state'', token_param => ''a&b''',                       'streams_token_param_check')
) AS c (arguments, fault);
SELECT test.raises($$SELECT api.stream('/testing/bad', 'autopack.testing_stream', state => 'autopack.testing_state')$$, '22023');
-- A stream goes with its route.
DELETE FROM api.routes WHERE path = '/testing/stream';
SELECT test.equals('streams left', count(*), 0) FROM api.catalog_streams() AS s WHERE s.route_id = current_setting('test.route')::integer;

-- Sessions that have ended, of those asked for.
INSERT INTO auth.sessions (tenant_id, session_id, user_id, kind, expires_at, revoked_at, reason)
SELECT test.tenant(1), test.person(9, n), test.person(1), 'login', CASE n WHEN 2 THEN now() - interval '1 s' ELSE 'infinity' END,
    CASE n WHEN 3 THEN now() END, CASE n WHEN 3 THEN 'revoked' END
FROM generate_series(1, 3) AS n;
SET LOCAL ROLE pgserver;
SELECT test.equals('ended', array_agg(right(e.session_id::text, 1) ORDER BY e.session_id), '{2,3,4}')
FROM api.ended_sessions(array_fill(test.tenant(1), '{4}'), ARRAY[test.person(9, 1), test.person(9, 2), test.person(9, 3), test.person(9, 4)]) AS e;
