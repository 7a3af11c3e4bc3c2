-- Status, metrics and events of AAM, from rows; each tenant's own; and none of it when it is switched off.
RESET ROLE;
INSERT INTO data.connections (tenant_id, connection_id, slug, name, connection_type, source_system, status)
SELECT test.tenant(n), test.person(n, k.nth), k.slug, k.slug, 'push', k.slug, k.status
FROM generate_series(1, 2) AS n
CROSS JOIN (VALUES (1, 'crm', 'ACTIVE'), (2, 'erp', 'FAILED'), (3, 'hr', 'PAUSED'), (4, 'old', 'DISCONNECTED')) AS k (nth, slug, status);
INSERT INTO data.mappings (tenant_id, mapping_id, connection_id, entity, source_relation, key_column, source_columns)
SELECT test.tenant(n), test.person(n), test.person(n, 1), 'account', 'companies', 'id', '[]' FROM generate_series(1, 2) AS n;
INSERT INTO data.mapping_fields (tenant_id, mapping_id, canonical_field, vendor_field, confidence)
SELECT test.tenant(n), test.person(n), f.field, 'x', f.confidence FROM generate_series(1, 2) AS n CROSS JOIN (VALUES ('name', 1), ('type', 0.5)) AS f (field, confidence);
INSERT INTO data.mapping_suggestions (tenant_id, connection_id, source_relation, entity, canonical_field, vendor_field, score, confidence)
SELECT test.tenant(n), test.person(n, 1), 'companies', 'account', 'industry', 'x', 0.5, 0.5 FROM generate_series(1, 2) AS n;
INSERT INTO data.sync_runs (tenant_id, connection_id, mapping_id, entity, status, started_at, finished_at, rows_read, rows_inserted, rows_rejected, bytes_read)
SELECT test.tenant(1), test.person(1), test.person(1), 'account', r.status, now() - r.age, now() - r.age + interval '10 s', r.read, r.read - r.rejected, r.rejected, 100
FROM (VALUES ('succeeded', interval '1 hour', 10, 1), ('failed', '2 hours', 0, 0), ('succeeded', '3 hours', 5, 0), ('succeeded', '2 days', 99, 0)) AS r (status, age, read, rejected);
INSERT INTO data.schema_snapshots (tenant_id, connection_id, version, relations, fingerprint) SELECT test.tenant(n), test.person(n, 1), 1, '[]', '' FROM generate_series(1, 2) AS n;
INSERT INTO data.drift_events (tenant_id, connection_id, version, event_type, relation, old_schema, new_schema, confidence, status, created_at, resolved_at)
SELECT test.tenant(1), test.person(1), 1, 'field_added', 'r', '{}', '{}', 1, d.status, now() - d.age, CASE WHEN d.status <> 'queued' THEN now() - d.age END
FROM (VALUES ('auto_repaired', interval '1 hour'), ('queued', '2 hours'), ('queued', '3 days')) AS d (status, age);
INSERT INTO data.discoveries (tenant_id, connection_id, job_id, status, error, created_at, finished_at)
SELECT test.tenant(1), test.person(1), d.job_id, d.status, d.error, now() - d.age, CASE WHEN d.status <> 'queued' THEN now() - d.age END
FROM (VALUES (1, 'succeeded', NULL, interval '3 hours'), (2, 'failed', 'no route', '2 hours'), (3, 'queued', NULL, '1 min'), (4, 'succeeded', NULL, '2 days')) AS d (job_id, status, error, age);
INSERT INTO data.alerts (tenant_id, rule_name, metric, comparison, threshold, window_minutes, value, status, resolved_at)
SELECT test.tenant(1), 'x', 'drift_events', 'above', 1, 60, 2, s.status::data.alert_status, CASE s.status WHEN 'resolved' THEN now() END FROM (VALUES ('firing'), ('resolved')) AS s (status);
-- The installation's schedules are kept up with.
UPDATE work.schedule_clocks SET next_run_at = now() + interval '1 min' WHERE tenant_id = work.system_tenant();

SELECT test.become_member(1);
SELECT test.equals('status', autonomos.aam_status()::jsonb - 'checked_at' #- '{workers,last_run_at}', jsonb_build_object(
    'status', 'degraded', 'workers', '{"status": "running", "overdue_seconds": 0}'::jsonb,
    'services', jsonb_build_object(
        'SchemaObserver', jsonb_build_object('status', 'failing', 'queue_depth', 1, 'running', 0, 'completed_24h', 1, 'failed_24h', 1,
            'last_run_at', core.rfc3339(now() - interval '2 hours'), 'last_success_at', core.rfc3339(now() - interval '3 hours'), 'last_error', 'no route'),
        'RAGEngine', jsonb_build_object('status', 'idle', 'queue_depth', 1, 'running', 0, 'completed_24h', 1, 'failed_24h', 0,
            'last_run_at', core.rfc3339(now()), 'last_success_at', core.rfc3339(now()), 'last_error', null),
        'DriftRepairAgent', jsonb_build_object('status', 'idle', 'queue_depth', 2, 'running', 0, 'completed_24h', 1, 'failed_24h', 0,
            'last_run_at', core.rfc3339(now() - interval '1 hour'), 'last_success_at', core.rfc3339(now() - interval '1 hour'), 'last_error', null))));
SELECT test.equals('metrics', autonomos.aam_metrics()::jsonb - 'generated_at', '{
    "connectors": {"total": 3, "active": 1, "pending": 0, "paused": 1, "failed": 1},
    "health": {"average_score": 55.0, "healthy": 1, "degraded": 0, "unhealthy": 1, "unknown": 1},
    "mappings": {"relations": 1, "fields": 2, "average_confidence": 0.75, "suggestions_pending": 1},
    "drift": {"events_24h": 2, "auto_repaired_24h": 1, "queued": 2},
    "syncs": {"runs_24h": 3, "running": 0, "succeeded_24h": 2, "partial_24h": 0, "failed_24h": 1, "success_rate_24h": 0.6667, "records_read_24h": 15,
        "records_written_24h": 14, "records_rejected_24h": 1, "bytes_24h": 300, "average_duration_seconds_24h": 10.000},
    "records": {"account": 0, "budget": 0, "contact": 0, "cost": 0, "opportunity": 0, "record": 0},
    "jobs": {"waiting": 0, "scheduled": 0, "running": 0, "failed": 0},
    "alerts": {"firing": 1, "fired_24h": 2}}');

-- Workers that have stopped are noticed by what is overdue.
RESET ROLE;
UPDATE work.schedule_clocks SET next_run_at = now() - interval '10 min' WHERE tenant_id = work.system_tenant() AND schedule_id = (SELECT min(c.schedule_id) FROM work.schedule_clocks AS c WHERE c.tenant_id = work.system_tenant());
SELECT test.become_member(2);
SELECT test.equals('while nothing does jobs', jsonb_build_array(s -> 'status', s #> '{workers,status}', s #> '{services,RAGEngine,status}', (s #>> '{workers,overdue_seconds}')::integer >= 600), '["down", "down", "down", true]')
FROM (SELECT autonomos.aam_status()::jsonb AS s) AS a;
SELECT test.equals('the neighbour''s metrics', autonomos.aam_metrics()::jsonb -> 'syncs' -> 'runs_24h', '0');
SELECT test.equals('what the neighbour''s observer has done', autonomos.aam_status()::jsonb #> '{services,SchemaObserver,last_run_at}', 'null');

-- Events. Here they are given their places by hand, for nothing is committed.
SELECT test.become_member(1, permissions => '{connections.write}');
SELECT core.publish('data.sync', 'data.sync.finished', jsonb_build_object('connection_id', test.person(1), 'source_system', 'crm', 'status', 'succeeded'), 'sync_run', 'r1');
SELECT core.publish('data.drift', 'data.drift.detected', jsonb_build_object('connection_id', test.person(1, 2), 'source_system', 'erp', 'event_types', '["field_added", "type_changed"]'::jsonb), 'connection', test.person(1, 2)::text);
SELECT core.publish('data.account', 'data.account.created', '{}', 'account', 'A');
RESET ROLE;
INSERT INTO core.event_positions (serial, tenant_id, position, xid, event_id, created_at, topic, type, subject_id)
SELECT 1000000 + row_number() OVER (ORDER BY e.tenant_id, e.event_id), e.tenant_id, row_number() OVER (PARTITION BY e.tenant_id ORDER BY e.event_id), e.xid, e.event_id, e.created_at, e.topic, e.type, e.subject_id
FROM core.events AS e WHERE e.tenant_id IN (test.tenant(1), test.tenant(2)) AND e.xid = pg_current_xact_id();
INSERT INTO core.event_heads (tenant_id, position) SELECT p.tenant_id, max(p.position) FROM core.event_positions AS p WHERE p.tenant_id IN (test.tenant(1), test.tenant(2)) GROUP BY p.tenant_id;
CREATE FUNCTION test.events(variadic arguments text[]) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    v_answer jsonb;
BEGIN
    EXECUTE format('SELECT jsonb_build_object(''total'', p.total, ''count'', p.item_count, ''events'', p.items) FROM autonomos.aam_events(%s) AS p', array_to_string(arguments, ', ')) INTO v_answer;
    RETURN v_answer;
END;
$$;
GRANT EXECUTE ON FUNCTION test.events(text[]) TO PUBLIC;
SELECT test.become_member(1);
-- Four connections, a mapping, two of its fields, a suggestion, and what was told above; the account is no event of AAM.
SELECT test.equals('all', jsonb_build_array(e -> 'total', e -> 'count'), '[10, 10]') FROM test.events(VARIADIC '{}') AS e;
SELECT test.equals('the newest first', (e #> '{events,0}') - '{id,created_at}'::text[], jsonb_build_object(
    'event_type', 'data.drift.detected', 'connection_id', test.person(1, 2), 'source_system', 'erp', 'subject_kind', 'connection', 'subject_id', test.person(1, 2),
    'data', jsonb_build_object('connection_id', test.person(1, 2), 'source_system', 'erp', 'event_types', '["field_added", "type_changed"]'::jsonb)))
FROM test.events('"limit" => 1') AS e;
SELECT test.equals(f.filter, array[(e ->> 'total')::integer, jsonb_array_length(e -> 'events')], f.counts)
FROM (VALUES
    ('"limit" => 3', '{10,3}'::integer[]), ('"limit" => 3, "offset" => 9', '{10,1}'), ('"offset" => 10', '{10,0}'),
    ('event_type => ''data.sync.finished''', '{1,1}'), ('event_type => ''field_added''', '{1,1}'), ('event_type => ''field_removed''', '{0,0}'),
    ('connection_id => ''erp''', '{2,2}'), (format('connection_id => %L', test.person(1)), '{6,6}'), ('source_system => ''crm''', '{6,6}'), ('source_system => ''hr''', '{1,1}'),
    ('since => now() + interval ''1 hour''', '{0,0}'), ('connection_id => ''crm'', event_type => ''data.mapping_field.created''', '{2,2}')
) AS f (filter, counts)
CROSS JOIN LATERAL test.events(f.filter) AS e;
SELECT test.raises(format('SELECT autonomos.aam_events(%L)', c.id), 'PT404', 'not_found') FROM (VALUES (test.person(2)::text), ('nothing')) AS c (id);
SELECT test.become_member(2);
SELECT test.equals('the neighbour''s', array_agg(DISTINCT e ->> 'connection_id'), array[test.person(2)::text, test.person(2, 2)::text, test.person(2, 3)::text, test.person(2, 4)::text])
FROM jsonb_array_elements(test.events(VARIADIC '{}') -> 'events') AS x (e);
SELECT test.equals('without events', e, '{"total": 0, "count": 0, "events": []}') FROM (SELECT set_config('request.tenant_id', '', true)) AS s CROSS JOIN LATERAL test.events(VARIADIC '{}') AS e;

-- Switched off.
SELECT test.become_member(1, permissions => '{alerts.manage}');
SELECT set_config('pgserver.settings', '{"autonomos.aam_available": "false"}', true) \g /dev/null
SELECT test.raises('SELECT autonomos.' || f.call, 'PT503', 'AAM models not configured')
FROM (VALUES ('aam_status()'), ('aam_metrics()'), ('aam_events()'), ('metrics_history()'), ('list_alert_rules()'), ('list_alerts()'), ('get_alert_rule(gen_random_uuid())'),
    ('delete_alert_rule(gen_random_uuid())'), ('change_alert_rule(gen_random_uuid())'), ('test_alert_rule(gen_random_uuid())'), ('get_alert_notice(gen_random_uuid())'),
    ($$create_alert_rule('x', 'drift_events', 1, 'webhook')$$), ($$connection_health('crm')$$)) AS f (call);
