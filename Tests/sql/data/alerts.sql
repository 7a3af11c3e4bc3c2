-- Rules watch figures: each figure, each crossing once, what is sent and told, and what a rule may say.
RESET ROLE;
INSERT INTO data.connections (tenant_id, connection_id, slug, name, connection_type, source_system, status)
SELECT test.tenant(n), test.person(n, nth), 'source-' || nth, 'Source ' || nth, 'push', 'crm', 'ACTIVE' FROM generate_series(1, 2) AS n CROSS JOIN generate_series(1, 2) AS nth;
INSERT INTO data.sync_runs (tenant_id, connection_id, mapping_id, entity, status, started_at, finished_at, rows_read, rows_unchanged, rows_rejected)
SELECT test.tenant(n), test.person(n, r.nth), gen_random_uuid(), 'account', r.status, now() - r.age, now() - r.age, r.read * n, (r.read - r.rejected) * n, r.rejected * n
FROM generate_series(1, 2) AS n
CROSS JOIN (VALUES
    (1, 'succeeded', interval '30 min', 100, 5), (1, 'failed', '10 min', 0, 0), (1, 'failed', '3 hours', 0, 0), (2, 'succeeded', '50 min', 100, 0), (2, 'running', '1 min', 7, 0), (2, 'failed', '1 sec', 0, 0)
) AS r (nth, status, age, read, rejected);
INSERT INTO data.schema_snapshots (tenant_id, connection_id, version, relations, fingerprint) SELECT test.tenant(n), test.person(n, 1), 1, '[]', '' FROM generate_series(1, 2) AS n;
INSERT INTO data.drift_events (tenant_id, connection_id, version, event_type, relation, old_schema, new_schema, confidence, status, created_at)
SELECT test.tenant(n), test.person(n, 1), 1, 'field_added', 'r', '{}', '{}', 1, d.status, now() - d.age
FROM generate_series(1, 2) AS n CROSS JOIN (VALUES ('detected', interval '1 min'), ('queued', '1 day')) AS d (status, age);
INSERT INTO data.mapping_suggestions (tenant_id, connection_id, source_relation, entity, canonical_field, vendor_field, score, confidence, status)
SELECT test.tenant(n), test.person(n, 1), 'r', 'account', f.field, 'x', 0.5, 0.5, f.status FROM generate_series(1, 2) AS n CROSS JOIN (VALUES ('name', 'pending'), ('type', 'pending'), ('status', 'applied')) AS f (field, status);
INSERT INTO data.costs (tenant_id, month, amount) SELECT test.tenant(n), now(), 30 * n FROM generate_series(1, 2) AS n;
INSERT INTO data.budgets (tenant_id, month, amount)
SELECT test.tenant(n), now(), 20 / (extract(day FROM now() AT TIME ZONE 'UTC') / extract(day FROM date_trunc('month', now() AT TIME ZONE 'UTC') + interval '1 month - 1 day')) FROM generate_series(1, 2) AS n;

-- The figures, of the tenant and of one connection. The owner's functions act for the tenant alone.
SELECT test.become_member(1, permissions => '{alerts.manage}');
SELECT set_config('role', 'pgserver_owner', true) \g /dev/null
SELECT test.equals(v.metric, round(data.alert_value(v.metric::data.alert_metric, v.connection, v.minutes), 2), v.wanted)
FROM (VALUES
    ('sync_failures', NULL::uuid, 60, 2.00), ('sync_failures', NULL, 240, 3), ('sync_failures', test.person(1, 1), 60, 1), ('sync_failures', test.person(2, 1), 60, 0),
    ('sync_failure_rate', NULL, 60, 0.50), ('sync_failure_rate', test.person(1, 2), 5, 1), ('sync_failure_rate', test.person(1, 1), 5, NULL),
    ('records_synced', NULL, 60, 202), ('records_synced', test.person(1, 2), 60, 107), ('records_synced', test.person(1, 1), 5, 0),
    ('records_rejected', NULL, 60, 5), ('reject_rate', NULL, 60, 0.02), ('reject_rate', test.person(1, 1), 5, NULL),
    ('minutes_since_sync', NULL, 60, 50), ('minutes_since_sync', test.person(1, 1), 60, 30),
    ('drift_events', NULL, 60, 1), ('drift_events', NULL, 2880, 2), ('drift_events', test.person(1, 2), 2880, 0), ('drift_queued', NULL, 1, 1),
    -- One of two runs that ended succeeded, an hour ago or less, and nothing was rejected of the second's; the first's drift counts.
    ('health_score', test.person(1, 2), 1, 75), ('suggestions_pending', NULL, 1, 2), ('suggestions_pending', test.person(1, 2), 1, 0),
    ('jobs_failed', NULL, 60, 0), ('spend_to_budget', NULL, 1, 1.50)
) AS v (metric, connection, minutes, wanted);

-- A rule that cannot work is refused, with each fault.
SELECT test.become_member(1, permissions => '{alerts.manage}');
SELECT test.raises(format('SELECT data.create_alert_rule(%s)', r.arguments), 'PT400', r.fault)
FROM (VALUES
    ($$'', 'drift_events', 'above', 1, 60, 'webhook', 'https://ops.example/x'$$, '"name"'),
    ($$'x', 'drift_events', 'above', 'NaN', 60, 'webhook', 'https://ops.example/x'$$, '"threshold"'),
    ($$'x', 'drift_events', 'above', 1e16, 60, 'webhook', 'https://ops.example/x'$$, '"threshold"'),
    ($$'x', 'drift_events', 'above', 1, 60, 'webhook'$$, '"url"'),
    ($$'x', 'drift_events', 'above', 1, 60, 'webhook', 'http://ops.example/x'$$, '"url"'),
    ($$'x', 'drift_events', 'above', 1, 60, 'webhook', 'https://me:secret@ops.example/x'$$, '"url"'),
    ($$'x', 'drift_events', 'above', 1, 60, 'webhook', 'https://ops.example/x', 'short'$$, '"secret"'),
    ($$'x', 'drift_events', 'above', 1, 60, 'webhook', 'https://ops.example/x', recipients => '{a@b.example}'$$, '"recipients"'),
    ($$'x', 'drift_events', 'above', 1, 60, 'mail', recipients => '{a@b.example}'$$, 'PGSERVER_ALERT_FROM is empty'),
    ($$'x', 'drift_events', 'above', 1, 60, 'mail', recipients => '{}'$$, 'bad_length'),
    ($$'x', 'drift_events', 'above', 1, 60, 'mail', recipients => E'{"a@b.example\\nBcc: c@d.example"}'$$, 'malformed'),
    ($$'x', 'drift_events', 'above', 1, 60, 'mail', 'https://ops.example/x', recipients => '{a@b.example}'$$, '"url"'),
    ($$'x', 'jobs_failed', 'above', 1, 60, 'webhook', 'https://ops.example/x', connection_id => test.person(1, 1)$$, 'out_of_place'),
    ($$'x', 'drift_events', 'above', 1, 60, 'webhook', 'https://ops.example/x', connection_id => test.person(2, 1)$$, 'not_found')
) AS r (arguments, fault);
SELECT test.raises($$SELECT data.create_alert_rule('x', 'drift_events', 'above', 1, 0, 'webhook', 'https://ops.example/x')$$, '23514', 'alert_window_check');

-- Two that fire and one that does not; one that has nothing to judge by; one that is switched off.
SELECT set_config('pgserver.settings', '{"data.alert_from": "alerts@pgserver.example"}', true) \g /dev/null
SELECT set_config('test.failures', data.create_alert_rule(' Failing syncs ', 'sync_failures', 'above', 1, 60, 'webhook', 'https://ops.example/hook', 'a long secret')::text, true),
    set_config('test.health', data.create_alert_rule('Health', 'health_score', 'below', 76, 60, 'mail', recipients => '{ada@example.com,ops@example.com}', connection_id => test.person(1, 2))::text, true),
    set_config('test.spend', data.create_alert_rule('Spend', 'spend_to_budget', 'above', 1.5, 60, 'webhook', 'https://ops.example/hook')::text, true),
    set_config('test.none', data.create_alert_rule('Rejects', 'reject_rate', 'above', 0, 1, 'webhook', 'https://ops.example/hook', connection_id => test.person(1, 1))::text, true),
    set_config('test.off', data.create_alert_rule('Off', 'sync_failures', 'above', 0, 60, 'webhook', 'https://ops.example/hook', is_active => false)::text, true) \g /dev/null
SELECT test.become_member(2, permissions => '{alerts.manage}');
SELECT set_config('test.neighbour', data.create_alert_rule('Failing syncs', 'sync_failures', 'above', 0, 60, 'webhook', 'https://neighbour.example/hook')::text, true) \g /dev/null
RESET ROLE;
SELECT set_config('request.tenant_id', work.system_tenant()::text, true), set_config('role', 'worker', true) \g /dev/null
SELECT test.equals('tenants with rules', data.dispatch_alerts('{}'), '{"tenants": 2}');
SELECT test.equals('again while they wait', data.dispatch_alerts('{}'), '{"tenants": 2}');
RESET ROLE;
SELECT test.equals('jobs', jsonb_agg(j.tenant_id ORDER BY j.tenant_id), jsonb_build_array(test.tenant(1), test.tenant(2))) FROM work.jobs AS j WHERE j.kind = 'data.evaluate_alerts';

CREATE FUNCTION test.evaluate(n integer) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('request.tenant_id', test.tenant(n)::text, true), set_config('role', 'worker', true);
    RETURN data.evaluate_alerts('{}');
END;
$$;
SELECT test.equals('what fires', test.evaluate(1), '{"evaluated": 4, "fired": 2, "resolved": 0}');
SELECT test.equals('what fires again', test.evaluate(1), '{"evaluated": 4, "fired": 0, "resolved": 0}');
SELECT test.become_member(1, permissions => '{alerts.manage}');
SELECT test.equals('alerts', jsonb_agg(jsonb_build_array(a.rule_name, a.metric, a.connection_id, a.comparison, a.threshold, trim_scale(a.value), a.status) ORDER BY a.rule_name),
    jsonb_build_array('["Failing syncs", "sync_failures", null, "above", 1, 2, "firing"]'::jsonb, jsonb_build_array('Health', 'health_score', test.person(1, 2), 'below', 76, 75, 'firing')))
FROM data.alerts AS a;
SELECT test.equals('states', jsonb_object_agg(r.name, jsonb_build_array(trim_scale(s.value), s.alert_id IS NOT NULL, s.evaluated_at IS NOT NULL)),
    '{"Failing syncs": [2, true, true], "Health": [75, true, true], "Spend": [1.5, false, true], "Rejects": [null, false, true], "Off": [null, false, false]}')
FROM data.alert_rules AS r JOIN data.alert_states AS s USING (alert_rule_id);
SELECT test.equals('events', jsonb_agg(jsonb_build_array(e.type, e.payload ->> 'rule_name', e.payload -> 'value')), '[["data.alert.fired", "Failing syncs", 2], ["data.alert.fired", "Health", 75]]')
FROM (SELECT e.* FROM core.events AS e WHERE e.topic = 'data.alert' ORDER BY e.payload ->> 'rule_name') AS e;

-- What is sent: a signed request, and a mail.
SELECT test.equals('jobs that send', jsonb_agg(j.kind ORDER BY j.kind), '["data.alert_mail", "data.alert_webhook"]') FROM work.jobs AS j WHERE j.kind LIKE 'data.alert%';
SELECT test.equals('the request', j.arguments - '{body,headers,idempotency_key,notice_id}'::text[], '{"method": "POST", "url": "https://ops.example/hook", "timeout_ms": 15000, "max_response_bytes": 65536, "redirects": 0}'),
    test.equals('its body', j.arguments ->> 'body' LIKE '{"event":"data.alert.fired","timestamp":"%","data":{%,"signature":"sha256=%"}', true),
    test.equals('its data', ((j.arguments ->> 'body')::jsonb -> 'data') - '{alert_id,fired_at}'::text[], jsonb_build_object(
        'alert_rule_id', current_setting('test.failures'), 'rule_name', 'Failing syncs', 'metric', 'sync_failures', 'connection_id', null, 'connection_name', null,
        'comparison', 'above', 'threshold', 1, 'window_minutes', 60, 'value', 2, 'status', 'firing', 'resolved_at', null, 'resolved_value', null)),
    test.equals('its signature', j.arguments #>> '{headers,X-Signature-256}',
        'sha256=' || encode(ext.hmac(convert_to(j.arguments ->> 'body', 'UTF8'), 'a long secret', 'sha256'), 'hex')),
    test.equals('no secret', position('a long secret' IN j.arguments::text), 0)
FROM work.jobs AS j WHERE j.kind = 'data.alert_webhook';
SELECT test.equals('the mail', j.arguments - '{text,idempotency_key,notice_id}'::text[], '{"from": "alerts@pgserver.example", "to": ["ada@example.com", "ops@example.com"], "subject": "Alert: Health"}'),
    test.is_true('its text', j.arguments ->> 'text' LIKE E'Rule:       Health\nWatches:    health_score below 76\nWindow:     60 minutes\nConnection: Source 2\nValue:      75, at %')
FROM work.jobs AS j WHERE j.kind = 'data.alert_mail';

-- What comes of it.
SELECT set_config('test.notice', n.notice_id::text, true) FROM data.alert_notices AS n WHERE n.channel = 'webhook' \g /dev/null
RESET ROLE;
SELECT set_config('request.tenant_id', test.tenant(2)::text, true), set_config('role', 'worker', true) \g /dev/null
SELECT data.alert_noticed(jsonb_build_object('notice_id', current_setting('test.notice')), '{"is_done": true, "status": 200, "attempt": 1}');
SELECT test.become_member(1, permissions => '{alerts.manage}');
SELECT test.equals('another tenant''s word for it', n.status, 'pending') FROM data.alert_notices AS n WHERE n.notice_id = current_setting('test.notice')::uuid;
RESET ROLE;
SELECT set_config('request.tenant_id', test.tenant(1)::text, true), set_config('role', 'worker', true) \g /dev/null
SELECT data.alert_noticed(jsonb_build_object('notice_id', current_setting('test.notice')), '{"is_done": false, "status": 500, "attempt": 8, "error": {"code": "timeout", "message": "late"}}');
SELECT test.become_member(1, permissions => '{alerts.manage}');
SELECT test.equals('a notice that was given up', jsonb_build_array(n.status, n.attempts, n.response_status, n.error_code, n.finished_at IS NOT NULL), '["failed", 8, 500, "timeout", true]')
FROM data.alert_notices AS n WHERE n.notice_id = current_setting('test.notice')::uuid;

-- Back on the right side, it is resolved, once; and fires anew.
RESET ROLE;
SAVEPOINT back;
UPDATE data.sync_runs SET status = 'succeeded' WHERE tenant_id = test.tenant(1) AND status = 'failed' AND connection_id = test.person(1, 1);
SELECT test.equals('what is back', test.evaluate(1), '{"evaluated": 4, "fired": 0, "resolved": 1}');
SELECT test.equals('what is back again', test.evaluate(1), '{"evaluated": 4, "fired": 0, "resolved": 0}');
SELECT test.become_member(1, permissions => '{alerts.manage}');
SELECT test.equals('a resolved alert', jsonb_build_array(a.status, trim_scale(a.value), trim_scale(a.resolved_value), a.resolved_at = now()), '["resolved", 2, 1, true]') FROM data.alerts AS a WHERE a.rule_name = 'Failing syncs';
SELECT test.equals('its notices', array_agg(n.reason ORDER BY n.created_at), '{fired,resolved}'::text[]) FROM data.alert_notices AS n JOIN data.alerts AS a USING (alert_id) WHERE a.rule_name = 'Failing syncs';
RESET ROLE;
INSERT INTO data.sync_runs (tenant_id, connection_id, mapping_id, entity, status, started_at, finished_at) VALUES (test.tenant(1), test.person(1, 1), gen_random_uuid(), 'account', 'failed', now(), now());
SELECT test.equals('what fires anew', test.evaluate(1), '{"evaluated": 4, "fired": 1, "resolved": 0}');
RESET ROLE;
ROLLBACK TO back;

-- Nothing to judge by leaves an alert as it is: the source was paused, and the score says nothing.
SAVEPOINT silence;
DELETE FROM data.sync_runs WHERE tenant_id = test.tenant(1) AND connection_id = test.person(1, 2);
SELECT test.equals('without a figure', test.evaluate(1), '{"evaluated": 4, "fired": 0, "resolved": 1}');
SELECT test.become_member(1, permissions => '{alerts.manage}');
SELECT test.equals('the alert without a figure', jsonb_build_array(a.status, s.value), '["firing", null]') FROM data.alerts AS a JOIN data.alert_states AS s USING (alert_id);
RESET ROLE;
ROLLBACK TO silence;

-- Changing what a rule watches ends its alert without a notice; changing its name does not.
SELECT test.become_member(1, permissions => '{alerts.manage}');
SELECT data.change_alert_rule(current_setting('test.failures')::uuid, name => 'Failures');
SELECT test.equals('renamed', jsonb_build_array(a.status, r.name), '["firing", "Failures"]') FROM data.alerts AS a JOIN data.alert_rules AS r USING (alert_rule_id) WHERE r.name = 'Failures';
SELECT data.change_alert_rule(current_setting('test.failures')::uuid, threshold => 1.5);
SELECT test.equals('changed', jsonb_build_array(a.status, a.resolved_value, (SELECT count(*) FROM data.alert_notices AS n WHERE n.alert_id = a.alert_id)), '["resolved", null, 1]')
FROM data.alerts AS a WHERE a.alert_rule_id = current_setting('test.failures')::uuid;
RESET ROLE;
SELECT test.equals('judged anew', test.evaluate(1), '{"evaluated": 4, "fired": 1, "resolved": 0}');
SELECT test.become_member(1, permissions => '{alerts.manage}');
SELECT test.raises(format('SELECT data.change_alert_rule(%L, channel => %L)', current_setting('test.failures'), 'mail'), 'PT400', '"recipients"');
SELECT data.change_alert_rule(current_setting('test.failures')::uuid, channel => 'mail', recipients => '{ada@example.com}');
SELECT test.equals('another channel', jsonb_build_array(r.url, r.recipients), '[null, ["ada@example.com"]]') FROM data.alert_rules AS r WHERE r.alert_rule_id = current_setting('test.failures')::uuid;
SELECT data.change_alert_rule(current_setting('test.failures')::uuid, is_active => false);
SELECT test.equals('open alerts of one switched off', count(*), 0) FROM data.alerts AS a WHERE a.alert_rule_id = current_setting('test.failures')::uuid AND a.status = 'firing';

-- A test says that it is one. A removed rule leaves its history.
SELECT set_config('test.notice', data.test_alert_rule(current_setting('test.off')::uuid)::text, true) \g /dev/null
SELECT test.equals('a test', jsonb_build_array(n.reason, n.alert_id, n.status), '["test", null, "pending"]') FROM data.alert_notices AS n WHERE n.notice_id = current_setting('test.notice')::uuid;
SELECT data.delete_alert_rule(current_setting('test.health')::uuid);
SELECT test.equals('history of a removed rule', jsonb_build_array(a.alert_rule_id, a.status, a.resolved_value), '[null, "resolved", null]') FROM data.alerts AS a WHERE a.rule_name = 'Health';

-- What is too old goes; what still fires stays, and so does the neighbour's.
RESET ROLE;
INSERT INTO data.alerts (tenant_id, alert_id, rule_name, metric, comparison, threshold, window_minutes, value, status, fired_at, resolved_at)
SELECT test.tenant(n), test.person(n, a.nth), a.name, 'drift_events', 'above', 1, 60, 2, a.status::data.alert_status, now() - a.age, CASE a.status WHEN 'resolved' THEN now() END
FROM generate_series(1, 2) AS n CROSS JOIN (VALUES (1, 'old', 'resolved', interval '366 days'), (2, 'young', 'resolved', '364 days'), (3, 'still', 'firing', '366 days')) AS a (nth, name, status, age);
INSERT INTO data.alert_notices (tenant_id, notice_id, alert_id, reason, channel, created_at)
SELECT test.tenant(1), test.person(1, a.nth), a.alert_id, 'test', 'mail', now() - interval '366 days' FROM (VALUES (1, test.person(1, 1)), (2, NULL), (3, test.person(1, 3))) AS a (nth, alert_id);
SELECT test.evaluate(1) \g /dev/null
RESET ROLE;
SELECT test.equals('what is kept', array_agg(right(a.tenant_id::text, 2) || ' ' || a.rule_name ORDER BY a.tenant_id, a.rule_name), '{"10 still","10 young","20 old","20 still","20 young"}'::text[])
FROM data.alerts AS a WHERE a.rule_name IN ('old', 'young', 'still');
SELECT test.equals('notices that are kept', array_agg(n.notice_id), array[test.person(1, 3)]) FROM data.alert_notices AS n WHERE n.channel = 'mail' AND n.reason = 'test';
SELECT test.become_member(1, permissions => '{alerts.manage}');

-- The limit, the neighbour, and who may.
SELECT set_config('pgserver.settings', '{"data.alert_rules_max": "4"}', true) \g /dev/null
SELECT test.raises($$SELECT data.create_alert_rule('x', 'drift_events', 'above', 1, 60, 'webhook', 'https://ops.example/x')$$, 'PT409', 'alert_rules_limit');
SELECT test.raises(format('SELECT data.%s(%L)', f.name, current_setting('test.neighbour')), 'PT404', 'not_found')
FROM (VALUES ('change_alert_rule'), ('delete_alert_rule'), ('test_alert_rule')) AS f (name);
SELECT test.equals('rules seen', array_agg(r.name ORDER BY r.name), '{Failures,Off,Rejects,Spend}'::text[]) FROM data.alert_rules AS r;
SELECT test.raises('SELECT * FROM data.alert_secrets', '42501');
SELECT test.equals('secrets in the audit log', count(*), 0) FROM core.audit_log AS a WHERE a.after::text LIKE '%a long secret%';
SELECT test.become_member(1, 2, '{}');
SELECT test.equals('rules seen without the permission', count(*), 0) FROM data.alert_rules;
SELECT test.equals('alerts seen without the permission', count(*) > 0, true) FROM data.alerts;
SELECT test.raises(format('SELECT data.%s(%L)', f.name, current_setting('test.failures')), 'PT403', 'forbidden')
FROM (VALUES ('change_alert_rule'), ('delete_alert_rule'), ('test_alert_rule')) AS f (name);
SELECT test.raises($$SELECT data.create_alert_rule('x', 'drift_events', 'above', 1, 60, 'webhook', 'https://ops.example/x')$$, 'PT403', 'forbidden');
SELECT test.become_member(2, permissions => '{alerts.manage}');
SELECT test.equals('whose alerts the neighbour sees', array_agg(DISTINCT a.tenant_id), array[test.tenant(2)]) FROM data.alerts AS a;
SELECT test.equals('rules of the neighbour', array_agg(r.alert_rule_id::text), array[current_setting('test.neighbour')]) FROM data.alert_rules AS r;
