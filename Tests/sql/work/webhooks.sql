-- Two webhooks of tenant 1 and one of tenant 2, and the events they are told of.
RESET ROLE;
SELECT core.declare_topic('work.testing', 'For everybody.');
SELECT core.declare_topic('work.testing_secret', 'For few.', 'audit.read');
SELECT work.webhook_event('testing.finished', 'work.testing.done', '{"kind": "a"}', '{
    "id": {"subject": "id"}, "took": {"payload": "seconds"}, "status": {"value": "success"}, "none": {"payload": "x"}}');
UPDATE core.settings SET value = '3' WHERE name = 'work.webhooks_max';
UPDATE core.settings SET value = '2' WHERE name = 'work.webhook_failures_max';
CREATE FUNCTION test.become_manager(n integer, nth integer DEFAULT 1) RETURNS void LANGUAGE sql
AS $$SELECT test.become_member(n, nth, '{webhooks.manage}')$$;
-- Gives what has been published its places, as the sequencer does after the commit.
CREATE FUNCTION test.sequence() RETURNS void LANGUAGE sql AS $$
    INSERT INTO core.event_positions (serial, tenant_id, position, xid, event_id, created_at, topic, type, subject_id)
    SELECT
        (SELECT COALESCE(max(p.serial), 0) FROM core.event_positions AS p) + row_number() OVER (ORDER BY e.event_id),
        e.tenant_id,
        (SELECT COALESCE(max(p.position), 0) FROM core.event_positions AS p WHERE p.tenant_id = e.tenant_id)
            + row_number() OVER (PARTITION BY e.tenant_id ORDER BY e.event_id),
        e.xid, e.event_id, e.created_at, e.topic, e.type, e.subject_id
    FROM core.events AS e
    WHERE NOT EXISTS (SELECT FROM core.event_positions AS p WHERE p.event_id = e.event_id)
$$;
CREATE FUNCTION test.dispatch(max_count integer DEFAULT 500) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_count integer;
BEGIN
    PERFORM test.sequence(), set_config('request.tenant_id', '', true), set_config('role', 'pgserver', true);
    v_count := api.dispatch_events(dispatch.max_count);
    PERFORM set_config('role', 'none', true);
    RETURN v_count;
END;
$$;
CREATE TEMPORARY TABLE hooks (name text, webhook_id uuid) ON COMMIT DROP;
GRANT SELECT, INSERT ON hooks TO member, worker;
CREATE FUNCTION test.hook(name text) RETURNS uuid LANGUAGE sql STABLE
AS $$SELECT h.webhook_id FROM pg_temp.hooks AS h WHERE h.name = hook.name$$;

-- Who may not, may not; who may is told of everything that is wrong.
SELECT test.become_member(1);
SELECT test.raises($$SELECT work.create_webhook('https://a.test/', '{a}', 'secret 1')$$, 'PT403', 'forbidden');
SELECT test.become_anon();
SELECT test.raises($$SELECT work.create_webhook('https://a.test/', '{a}', 'secret 1')$$, '42501');
SELECT test.become_manager(1);
SELECT test.raises(format('SELECT work.create_webhook(%L, ''{a.b}'', ''secret 1'')', u.url), 'PT400', '"field" : "url"')
FROM unnest(ARRAY['', 'a.test', 'http://a.test/', 'ftp://a.test/', 'https://', 'https:///a', 'https://a b.test/',
    'https://user@a.test/', 'https://a.test/#f', 'https://a.test:x/', 'https://a.test/ü', 'https://a.test/\a',
    E'https://a.test/\nb', 'https://-a.test/', 'https://a.test/' || repeat('a', 2034)]) AS u (url);
SELECT test.raises(format('SELECT work.create_webhook(''https://a.test/'', %L, ''secret 1'')', e.events), 'PT400', '"field" : "events"')
FROM unnest(ARRAY['{}', '{A}', '{a..b}', '{.a}', '{a.}', '{a*}', '{*a}', '{a b}', '{""}', '{NULL}', '{a.**}',
    '{' || repeat('a', 101) || '}', '{' || repeat('a,', 50) || 'a}']) AS e (events);
SELECT test.raises(format('SELECT work.create_webhook(''https://a.test/'', ''{a}'', %L)', s.secret), 'PT400', '"field" : "secret"')
FROM unnest(ARRAY['', '1234567', repeat('s', 257)]) AS s (secret);
SELECT test.raises($$SELECT work.create_webhook('x', '{A}', 'y')$$, 'PT400', '"field" : "secret"');
INSERT INTO hooks VALUES ('all', work.create_webhook('https://a.test/all?x=1', '{*}', 'the secret of all'));
INSERT INTO hooks VALUES ('some', work.create_webhook('https://[2001:db8::1]:8443/some', '{testing.*,work.*.undone}', 'secret 2'));
INSERT INTO hooks VALUES ('exact', work.create_webhook('https://a.test', '{work.testing.done}', 'secret 3'));
SELECT test.raises($$SELECT work.create_webhook('https://a.test/', '{a}', 'secret 4')$$, 'PT409', 'webhooks_limit');
SELECT test.become_manager(2, 2);
INSERT INTO hooks VALUES ('other', work.create_webhook('https://b.test/', '{*}', 'secret 5'));

-- Nobody reads a secret, and nobody another tenant's webhook.
SELECT test.raises('SELECT FROM work.webhook_secrets', '42501');
SELECT test.equals('webhooks to be seen', array_agg(w.webhook_id), ARRAY[test.hook('other')]) FROM work.webhooks AS w;
SELECT test.raises(format('SELECT work.update_webhook(%L, secret => ''stolen!!'')', test.hook('all')), 'PT404');
SELECT test.raises(format('SELECT work.delete_webhook(%L)', test.hook('all')), 'PT404');
SELECT test.raises(format('SELECT work.test_webhook(%L)', test.hook('all')), 'PT404');
SELECT test.become_member(2, 2, '{}');
SELECT test.equals('webhooks without the permission', count(*), 0::bigint) FROM work.webhooks;
RESET ROLE;
SELECT test.equals('secrets in the audit log', count(*), 0::bigint)
FROM core.audit_log AS a WHERE a.after::text LIKE '%the secret of all%' OR a.before::text LIKE '%the secret of all%';
SELECT test.equals('what the audit log has', count(*), 4::bigint)
FROM core.audit_log AS a WHERE a.schema_name = 'work' AND a.table_name = 'webhooks' AND a.action = 'insert';

-- Each webhook is told once of each event that it asks for, by the contract's name if it asks for that.
SELECT test.become_member(1);
SELECT core.publish('work.testing', 'work.testing.done', '{"kind": "a", "seconds": 2.5}', 'thing', '7');
SELECT core.publish('work.testing', 'work.testing.done', '{"kind": "b"}', 'thing', '8');
SELECT core.publish('work.testing', 'work.testing.undone', '{"é": "\" \\ /", "big": 12345678901234567890}');
SELECT core.publish('work.testing', 'work.testing.undone.twice');
RESET ROLE;
SELECT test.equals('none are asked for', test.dispatch(0), 0);
SELECT test.equals('events at first', test.dispatch(3), 3);
SELECT test.equals('events then', test.dispatch(3), 1);
SELECT test.equals('events at last', test.dispatch(), 0);
SELECT test.equals('deliveries of ' || w.name, (
        SELECT array_agg(d.event || '/' || d.event_position ORDER BY d.event_position)
        FROM work.webhook_deliveries AS d WHERE d.webhook_id = test.hook(w.name)), w.wanted::text[])
FROM (VALUES
    ('all', '{testing.finished/1,work.testing.done/2,work.testing.undone/3,work.testing.undone.twice/4}'),
    ('some', '{testing.finished/1,work.testing.undone/3}'),
    ('exact', '{work.testing.done/1,work.testing.done/2}'),
    ('other', NULL)
) AS w (name, wanted);

-- What is sent, and that both signatures hold.
CREATE TEMPORARY TABLE sent ON COMMIT DROP AS
SELECT d.delivery_id, d.webhook_id, d.event, d.event_position, d.body, j.arguments, j.kind, d.created_at
FROM work.webhook_deliveries AS d JOIN work.jobs AS j ON j.tenant_id = d.tenant_id AND j.job_id = d.job_id;
SELECT test.equals('the data of ' || s.event || s.event_position, s.body::jsonb -> 'data', w.wanted::jsonb)
FROM (VALUES
    (1, '{"id": "7", "took": 2.5, "status": "success"}'),
    (2, '{"kind": "b", "subject": {"id": "8", "kind": "thing"}}'),
    (3, '{"é": "\" \\ /", "big": 12345678901234567890}'),
    (4, '{}')
) AS w (position, wanted)
JOIN sent AS s ON s.event_position = w.position AND s.webhook_id = test.hook('all');
SELECT
    test.is_true('the order of the members', s.body ~ '^\{"event":"[a-z.]+","timestamp":"[0-9T:.-]+Z","data":\{.*\}\}$'),
    test.equals('the members sent', (SELECT array_agg(k) FROM json_object_keys((s.arguments ->> 'body')::json) AS k),
        '{event,timestamp,data,signature}'::text[]),
    test.equals('the signature in the body', (s.arguments ->> 'body')::json ->> 'signature',
        'sha256=' || encode(ext.hmac(convert_to(s.body, 'UTF8'), 'the secret of all', 'sha256'), 'hex')),
    test.equals('the body with it', s.arguments ->> 'body',
        left(s.body, -1) || ',"signature":"' || ((s.arguments ->> 'body')::json ->> 'signature') || '"}'),
    test.equals('the signature in the header', s.arguments #>> '{headers,X-Signature-256}',
        'sha256=' || encode(ext.hmac(convert_to(s.arguments ->> 'body', 'UTF8'), 'the secret of all', 'sha256'), 'hex')),
    test.equals('the rest', s.arguments - 'body' #- '{headers,X-Signature-256}', jsonb_build_object(
        'method', 'POST', 'url', 'https://a.test/all?x=1', 'timeout_ms', 15000, 'max_response_bytes', 65536,
        'redirects', 0, 'idempotency_key', s.delivery_id, 'delivery_id', s.delivery_id,
        'headers', jsonb_build_object(
            'Content-Type', 'application/json', 'User-Agent', 'PgServer-Webhooks/1', 'X-Webhook-Id', s.webhook_id,
            'X-Webhook-Delivery', s.delivery_id, 'X-Webhook-Event', s.event,
            'X-Webhook-Position', s.event_position::text, 'X-Webhook-Timestamp', s.body::json ->> 'timestamp'))),
    test.is_true('no secret', position('the secret' IN s.arguments::text) = 0)
FROM sent AS s WHERE s.webhook_id = test.hook('all');

-- Data that are too long are left out.
SELECT test.equals('long data', work.webhook_body('a', now(), jsonb_build_object('a', repeat('x', 262144)))::json -> 'data' ->> 'omitted', 'true');
SELECT test.equals('data as long as may be', length(work.webhook_body('a', now(), jsonb_build_object('a', repeat('x', 262135)))::json -> 'data' ->> 'a'), 262135);

-- Only whoever carries the permission of a topic is told of it: the webhook's owner, as they are now.
SELECT test.become_manager(2, 1);
SELECT core.publish('work.testing_secret', 'work.testing_secret.told');
RESET ROLE;
SELECT test.dispatch();
SELECT test.equals('of a plain member', count(*), 0::bigint)
FROM work.webhook_deliveries AS d WHERE d.webhook_id = test.hook('other');
UPDATE auth.memberships SET role = 'admin' WHERE tenant_id = test.tenant(2) AND user_id = test.person(2, 2);
SELECT test.become_manager(2, 1);
SELECT core.publish('work.testing_secret', 'work.testing_secret.told');
RESET ROLE;
SELECT test.dispatch();
SELECT test.equals('of an admin', count(*), 1::bigint)
FROM work.webhook_deliveries AS d WHERE d.webhook_id = test.hook('other');

-- What came of it. The worker hears of the end alone.
CREATE FUNCTION test.finish(delivery uuid, outcome jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_delivery work.webhook_deliveries;
    v_arguments jsonb;
BEGIN
    SELECT d.* INTO v_delivery FROM work.webhook_deliveries AS d WHERE d.delivery_id = finish.delivery;
    SELECT j.arguments INTO v_arguments FROM work.jobs AS j WHERE j.job_id = v_delivery.job_id;
    PERFORM set_config('request.tenant_id', v_delivery.tenant_id::text, true), set_config('role', 'worker', true);
    PERFORM work.webhook_delivered(v_arguments, finish.outcome);
    PERFORM set_config('role', 'none', true), set_config('request.tenant_id', '', true);
    DELETE FROM work.jobs AS j WHERE j.job_id = v_delivery.job_id;
END;
$$;
CREATE FUNCTION test.delivery(hook text, place integer) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT d.delivery_id FROM work.webhook_deliveries AS d
    WHERE d.webhook_id = test.hook(delivery.hook) AND d.event_position = place AND d.reason = 'event'
$$;
SELECT test.finish(test.delivery('all', 1), '{"status": 503, "body": "busy", "attempt": 10, "duration_ms": 7, "is_done": false}');
SELECT test.equals('the failed delivery', to_jsonb(d) - '{tenant_id,delivery_id,webhook_id,body,job_id,created_at,finished_at}'::text[],
    '{"reason": "event", "event": "testing.finished", "event_position": 1, "redelivery_of": null, "status": "failed",
      "attempts": 10, "response_status": 503, "response_excerpt": "busy", "error_code": null, "error_message": null,
      "duration_ms": 7}'::jsonb)
FROM work.webhook_deliveries AS d WHERE d.delivery_id = test.delivery('all', 1);
SELECT test.equals('failures', h.failure_count, 1) FROM work.webhook_health AS h WHERE h.webhook_id = test.hook('all');
SELECT test.finish(test.delivery('all', 2), jsonb_build_object('status', 200, 'body', repeat('ü', 3000), 'attempt', 1, 'duration_ms', 7, 'is_done', true));
SELECT test.equals('the excerpt', char_length(d.response_excerpt), 2000), test.equals('the status', d.status::text, 'delivered')
FROM work.webhook_deliveries AS d WHERE d.delivery_id = test.delivery('all', 2);
SELECT test.equals('failures after a success', h.failure_count, 0) FROM work.webhook_health AS h WHERE h.webhook_id = test.hook('all');

-- Too many in a row disable the webhook, cancel what waits, and an event says so. A test does not count.
SELECT test.become_manager(1);
SELECT work.test_webhook(test.hook('all')) FROM generate_series(1, 2);
RESET ROLE;
SELECT test.finish(d.delivery_id, '{"error": {"code": "timeout", "message": "Too slow."}, "attempt": 10, "is_done": false}')
FROM work.webhook_deliveries AS d WHERE d.webhook_id = test.hook('all') AND d.reason = 'test';
SELECT test.equals('failures after tests', h.failure_count, 0) FROM work.webhook_health AS h WHERE h.webhook_id = test.hook('all');
SELECT test.become_member(1);
SELECT core.publish('work.testing', 'work.testing.done') FROM generate_series(1, 3);
RESET ROLE;
SELECT test.dispatch();
SELECT test.finish(test.delivery('all', 3), '{"error": {"code": "timeout", "message": "Too slow."}, "attempt": 10, "is_done": false}');
SELECT test.finish(test.delivery('all', 4), '{"error": {"code": "timeout", "message": "Too slow."}, "attempt": 10, "is_done": false}');
SELECT test.equals('the webhook', jsonb_build_array(w.status, w.disabled_by, w.disabled_at IS NOT NULL), '["disabled", "failures", true]'::jsonb)
FROM work.webhooks AS w WHERE w.webhook_id = test.hook('all');
SELECT test.equals('what waited', array_agg(DISTINCT d.status::text), '{cancelled}'::text[])
FROM work.webhook_deliveries AS d WHERE d.webhook_id = test.hook('all') AND d.event_position > 4;
SELECT test.equals('jobs left', count(*), 0::bigint)
FROM work.jobs AS j JOIN work.webhook_deliveries AS d ON d.job_id = j.job_id WHERE d.webhook_id = test.hook('all');
SELECT test.equals('the event', jsonb_build_array(e.type, e.subject_kind, e.subject_id, e.payload ->> 'disabled_by', e.payload -> 'failure_count'),
    jsonb_build_array('work.webhook.disabled', 'webhook', test.hook('all'), 'failures', 2))
FROM core.events AS e WHERE e.topic = 'work.webhook';
-- A receiver that says it is gone disables its webhook at once.
SELECT test.finish(test.delivery('exact', 1), '{"status": 410, "body": "", "attempt": 1, "is_done": false}');
SELECT test.equals('the webhook of the receiver that is gone', w.disabled_by::text, 'receiver') FROM work.webhooks AS w WHERE w.webhook_id = test.hook('exact');

-- A disabled webhook is told of nothing; active again, of what happens from then on.
SELECT test.become_member(1);
SELECT core.publish('work.testing', 'work.testing.done', '{"kind": "while disabled"}');
SELECT test.become_manager(1);
SELECT work.update_webhook(test.hook('all'), url => 'https://c.test/', secret => 'a new secret', status => 'active');
SELECT core.publish('work.testing', 'work.testing.done', '{"kind": "afterwards"}');
RESET ROLE;
SELECT test.dispatch();
SELECT test.equals('events after all', array_agg(d.body::json #>> '{data,kind}'), '{afterwards}'::text[])
FROM work.webhook_deliveries AS d WHERE d.webhook_id = test.hook('all') AND d.status = 'pending' AND d.event LIKE 'work.testing.%';
SELECT test.equals('failures are forgotten', h.failure_count, 0) FROM work.webhook_health AS h WHERE h.webhook_id = test.hook('all');

-- What was sent is sent again: the same body, to where the webhook leads now, with the secret it has now.
SELECT test.become_manager(1);
SELECT test.raises(format('SELECT work.redeliver(%L, %L)', test.hook('some'), d.delivery_id), 'PT409', 'delivery_under_way')
FROM work.webhook_deliveries AS d WHERE d.webhook_id = test.hook('some') AND d.event_position = 1;
SELECT test.raises(format('SELECT work.redeliver(%L, %L)', test.hook('some'), d.delivery_id), 'PT404', 'not_found')
FROM work.webhook_deliveries AS d WHERE d.webhook_id = test.hook('all') AND d.event_position = 1;
SELECT work.redeliver(test.hook('all'), d.delivery_id)
FROM work.webhook_deliveries AS d WHERE d.webhook_id = test.hook('all') AND d.event_position = 1;
RESET ROLE;
SELECT
    test.equals('the same body', n.body, o.body),
    test.equals('the same place', n.event_position, o.event_position),
    test.is_true('its own key', j.arguments ->> 'idempotency_key' = n.delivery_id::text AND n.delivery_id <> o.delivery_id),
    test.equals('where it leads now', j.arguments ->> 'url', 'https://c.test/'),
    test.equals('the new signature', (j.arguments ->> 'body')::json ->> 'signature',
        'sha256=' || encode(ext.hmac(convert_to(o.body, 'UTF8'), 'a new secret', 'sha256'), 'hex'))
FROM work.webhook_deliveries AS n
JOIN work.webhook_deliveries AS o ON o.delivery_id = n.redelivery_of
JOIN work.jobs AS j ON j.job_id = n.job_id
WHERE n.webhook_id = test.hook('all') AND n.reason = 'redelivery';
SELECT test.equals('redeliveries', count(*), 1::bigint) FROM work.webhook_deliveries AS n WHERE n.reason = 'redelivery';

-- A deleted webhook takes its log and what waits with it.
SELECT test.become_manager(1);
SELECT work.delete_webhook(test.hook('all'));
RESET ROLE;
SELECT test.equals('what is left', (SELECT count(*) FROM work.webhook_deliveries AS d WHERE d.webhook_id = test.hook('all'))
    + (SELECT count(*) FROM work.webhook_secrets AS s WHERE s.webhook_id = test.hook('all'))
    + (SELECT count(*) FROM work.jobs AS j WHERE j.arguments #>> '{headers,X-Webhook-Id}' = test.hook('all')::text), 0::bigint);

-- An analyst sees that something was sent, and not what.
SELECT test.equals('columns of the views with what is sent', count(*), 0::bigint)
FROM pg_attribute AS a
WHERE a.attrelid IN ('bi.webhooks'::regclass, 'bi.webhook_deliveries'::regclass)
    AND a.attname IN ('body', 'secret', 'response_excerpt', 'error_message');
SET LOCAL ROLE bi_owner;
SELECT test.raises('SELECT d.body FROM work.webhook_deliveries AS d', '42501');

-- The log is trimmed by age, for all tenants, and a batch that was full is followed by another.
RESET ROLE;
UPDATE work.webhook_deliveries SET created_at = now() - interval '31 days' WHERE status <> 'pending' OR webhook_id = test.hook('other');
SELECT set_config('request.tenant_id', work.system_tenant()::text, true);
SET LOCAL ROLE worker;
SELECT test.equals('one at most', work.trim_webhook_deliveries('{"max_count": 1}'), '{"removed": 1}'::jsonb);
RESET ROLE;
SELECT test.equals('the next batch', array_agg(j.arguments), ARRAY['{"max_count": 1}'::jsonb])
FROM work.jobs AS j WHERE j.kind = 'work.trim_webhook_deliveries';
SET LOCAL ROLE worker;
SELECT work.trim_webhook_deliveries('{}');
RESET ROLE;
SELECT test.equals('what is left of the log', array_agg(DISTINCT d.status::text), '{pending}'::text[])
FROM work.webhook_deliveries AS d;
SELECT test.equals('what is still to be tried', count(*), 1::bigint)
FROM work.webhook_deliveries AS d WHERE d.webhook_id = test.hook('other');
