-- Analysts see alerts, drift, mappings and suggestions of their tenant alone, and no address that is told.
RESET ROLE;
INSERT INTO data.connections (tenant_id, connection_id, slug, name, connection_type, source_system) SELECT test.tenant(n), test.person(n), 'source', 'Source', 'push', 'crm' FROM generate_series(1, 2) AS n;
INSERT INTO data.mappings (tenant_id, mapping_id, connection_id, entity, source_relation, key_column, source_columns) SELECT test.tenant(n), test.person(n), test.person(n), 'account', 'companies', 'id', '[]' FROM generate_series(1, 2) AS n;
INSERT INTO data.mapping_fields (tenant_id, mapping_id, canonical_field, vendor_field, coercion) SELECT test.tenant(n), test.person(n), 'name', 'Name ' || n, '["trim"]' FROM generate_series(1, 2) AS n;
INSERT INTO data.mapping_suggestions (tenant_id, connection_id, source_relation, entity, canonical_field, vendor_field, score, confidence) SELECT test.tenant(n), test.person(n), 'r' || n, 'account', 'type', 'x', 0.5, 0.5 FROM generate_series(1, 2) AS n;
INSERT INTO data.syncs (tenant_id, connection_id, status, started_at, finished_at) SELECT test.tenant(n), test.person(n), 'succeeded', now() - interval '9 s', now() FROM generate_series(1, 2) AS n;
INSERT INTO data.discoveries (tenant_id, connection_id, job_id) SELECT test.tenant(n), test.person(n), n FROM generate_series(1, 2) AS n;
INSERT INTO data.schema_snapshots (tenant_id, connection_id, version, relations, fingerprint) SELECT test.tenant(n), test.person(n), 1, '[]', '' FROM generate_series(1, 2) AS n;
INSERT INTO data.drift_events (tenant_id, connection_id, version, event_type, relation, old_schema, new_schema, confidence, created_at, resolved_at, status)
SELECT test.tenant(n), test.person(n), 1, 'field_added', 'r' || n, '{}', '{}', 1, now() - interval '1 min', now(), 'repaired' FROM generate_series(1, 2) AS n;
INSERT INTO data.alert_rules (tenant_id, alert_rule_id, name, metric, comparison, threshold, window_minutes, channel, url)
SELECT test.tenant(n), test.person(n), 'Rule of ' || n, 'drift_events', 'above', 1, 60, 'webhook', 'https://hidden.example/token' FROM generate_series(1, 2) AS n;
INSERT INTO data.alerts (tenant_id, alert_id, alert_rule_id, rule_name, metric, comparison, threshold, window_minutes, value, fired_at)
SELECT test.tenant(n), test.person(n), test.person(n), 'Rule of ' || n, 'drift_events', 'above', 1, 60, 2, now() - interval '1 min' FROM generate_series(1, 2) AS n;
INSERT INTO data.alert_states (tenant_id, alert_rule_id, alert_id, value) SELECT test.tenant(n), test.person(n), test.person(n), 2 FROM generate_series(1, 2) AS n;
INSERT INTO data.alert_notices (tenant_id, alert_rule_id, alert_id, reason, channel) SELECT test.tenant(n), test.person(n), test.person(n), 'fired', 'webhook' FROM generate_series(1, 2) AS n;
SELECT set_config('test.role', l.role_name, true) FROM auth.create_bi_login(test.tenant(2)) AS l \g /dev/null
SELECT set_config('request.tenant_id', test.tenant(1)::text, true) \g /dev/null
SELECT format('SET LOCAL SESSION AUTHORIZATION %I', current_setting('test.role')) \gexec
SELECT test.equals(v.name, v.rows, v.wanted)
FROM (
    SELECT 'alert_rules' AS name, jsonb_agg(jsonb_build_array(rule_name, is_firing, last_value)) AS rows, '[["Rule of 2", true, 2]]'::jsonb AS wanted FROM bi.alert_rules
    UNION ALL SELECT 'alerts', jsonb_agg(jsonb_build_array(rule_name, firing_seconds)), '[["Rule of 2", 60.000000]]' FROM bi.alerts
    UNION ALL SELECT 'alert_notices', jsonb_agg(reason), '["fired"]' FROM bi.alert_notices
    UNION ALL SELECT 'drift_events', jsonb_agg(jsonb_build_array(relation, repair_seconds)), '[["r2", 60.000000]]' FROM bi.drift_events
    UNION ALL SELECT 'mappings', jsonb_agg(source_relation), '["companies"]' FROM bi.mappings
    UNION ALL SELECT 'mapping_fields', jsonb_agg(jsonb_build_array(vendor_field, coercion, entity)), '[["Name 2", "[\"trim\"]", "account"]]' FROM bi.mapping_fields
    UNION ALL SELECT 'mapping_suggestions', jsonb_agg(source_relation), '["r2"]' FROM bi.mapping_suggestions
    UNION ALL SELECT 'syncs', jsonb_agg(duration_seconds), '[9.000000]' FROM bi.syncs
    UNION ALL SELECT 'discoveries', jsonb_agg(status), '["queued"]' FROM bi.discoveries
) AS v;
SELECT test.equals('addresses in what is shown', count(*), 0) FROM bi.alert_rules AS r WHERE r::text LIKE '%hidden%';
RESET SESSION AUTHORIZATION;
