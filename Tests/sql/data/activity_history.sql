-- Syncs by the hour and by the day, without gaps, each tenant its own.
RESET ROLE;
INSERT INTO data.connections (tenant_id, connection_id, slug, name, connection_type, source_system)
SELECT test.tenant(n), test.person(n, nth), 'source-' || nth, 'Source', 'push', 'crm' FROM generate_series(1, 2) AS n CROSS JOIN generate_series(1, 2) AS nth;
SELECT set_config('test.now', (date_trunc('hour', now(), 'UTC') + interval '30 min')::text, true) \g /dev/null
INSERT INTO data.sync_runs (tenant_id, connection_id, mapping_id, entity, status, started_at, finished_at, rows_read, rows_inserted, rows_updated, rows_rejected, rows_removed, bytes_read)
SELECT test.tenant(n), test.person(n, r.nth), gen_random_uuid(), 'account', r.status, r.at, r.at + interval '90 s', 10 * n, 5 * n, 3 * n, 2 * n, 1, 100
FROM generate_series(1, 2) AS n
CROSS JOIN LATERAL (VALUES
    (1, 'succeeded', current_setting('test.now')::timestamptz), (2, 'failed', current_setting('test.now')::timestamptz - interval '29 min'),
    (1, 'partial', current_setting('test.now')::timestamptz - interval '2 hours'), (1, 'succeeded', current_setting('test.now')::timestamptz - interval '40 days'),
    (1, 'succeeded', current_setting('test.now')::timestamptz - interval '500 days')
) AS r (nth, status, at);
INSERT INTO data.schema_snapshots (tenant_id, connection_id, version, relations, fingerprint) SELECT test.tenant(n), test.person(n, 1), 1, '[]', '' FROM generate_series(1, 2) AS n;
INSERT INTO data.drift_events (tenant_id, connection_id, version, event_type, relation, old_schema, new_schema, confidence, created_at)
SELECT test.tenant(n), test.person(n, 1), 1, 'field_added', 'r', '{}', '{}', 1, current_setting('test.now')::timestamptz - interval '1 hour' FROM generate_series(1, 2) AS n;
SELECT test.equals('the answer of the job', data.refresh_activity('{}') ->> 'refreshed_at', core.rfc3339(now()));

SELECT test.become_member(1);
SELECT test.equals('hours', jsonb_agg(to_jsonb(h) - 'bucket_start' ORDER BY h.bucket_start), '[
    {"run_count": 1, "succeeded_count": 0, "partial_count": 1, "failed_count": 0, "rows_read": 10, "rows_written": 9, "rows_rejected": 2, "bytes_read": 100, "duration_seconds": 90.000, "drift_count": 0},
    {"run_count": 0, "succeeded_count": 0, "partial_count": 0, "failed_count": 0, "rows_read": 0, "rows_written": 0, "rows_rejected": 0, "bytes_read": 0, "duration_seconds": 0.000, "drift_count": 1},
    {"run_count": 2, "succeeded_count": 1, "partial_count": 0, "failed_count": 1, "rows_read": 20, "rows_written": 18, "rows_rejected": 4, "bytes_read": 200, "duration_seconds": 180.000, "drift_count": 0}]')
FROM data.activity_history('hour', current_setting('test.now')::timestamptz - interval '2 hours', current_setting('test.now')::timestamptz) AS h;
SELECT test.equals('of one connection', array_agg(h.run_count ORDER BY h.bucket_start), '{0,0,1}'::bigint[])
FROM data.activity_history('hour', current_setting('test.now')::timestamptz - interval '2 hours', current_setting('test.now')::timestamptz, test.person(1, 2)) AS h;
SELECT test.equals('days', jsonb_build_array(count(*), sum(h.run_count), count(*) FILTER (WHERE h.run_count > 0) BETWEEN 2 AND 3), '[61, 4, true]')
FROM data.activity_history('day', current_setting('test.now')::timestamptz - interval '60 days', current_setting('test.now')::timestamptz) AS h;
SELECT test.equals('in whole days of UTC', array_agg(DISTINCT to_char(h.bucket_start AT TIME ZONE 'UTC', 'HH24:MI:SS')), '{00:00:00}'::text[])
FROM data.activity_history('day', current_setting('test.now')::timestamptz - interval '3 days', current_setting('test.now')::timestamptz) AS h;

-- The answer, its defaults and its bounds.
SELECT test.equals('points of a day', json_array_length(autonomos.metrics_history() -> 'points'), 25);
SELECT test.equals('points of a month', json_array_length(autonomos.metrics_history('day') -> 'points'), 31);
SELECT test.equals('points from then on', json_array_length(autonomos.metrics_history('day', "from" => '2025-01-01') -> 'points'), 31);
SELECT test.equals('runs', p ->> 'runs', '2') FROM json_array_elements(autonomos.metrics_history("to" => current_setting('test.now')::timestamptz) -> 'points') WITH ORDINALITY AS h (p, n) WHERE n = 25;
SELECT test.equals('the longest', json_array_length(autonomos.metrics_history('hour', '2025-01-01', '2025-02-01') -> 'points'), 31 * 24 + 1);
SELECT test.raises($$SELECT autonomos.metrics_history('hour', '2025-01-01', '2025-02-01 00:00:01')$$, 'PT400', 'at most 31 days');
SELECT test.raises($$SELECT autonomos.metrics_history('day', '2024-01-01', '2025-01-02')$$, 'PT400', 'at most 366 days');
SELECT test.raises($$SELECT autonomos.metrics_history('day', '2025-01-02', '2025-01-02')$$, 'PT400', 'must be before to');

-- The neighbour's connection is nobody's here, and the views behind it are out of reach.
SELECT test.equals('of a neighbour''s connection', sum(h.run_count), 0)
FROM data.activity_history('hour', current_setting('test.now')::timestamptz - interval '2 hours', current_setting('test.now')::timestamptz, test.person(2, 1)) AS h;
SELECT test.equals('of nobody', sum(h.run_count), 0)
FROM (SELECT set_config('request.tenant_id', '', true)) AS s CROSS JOIN LATERAL data.activity_history('day', now() - interval '9 days', now()) AS h;
SELECT test.raises('SELECT 1 FROM data_summary.activity_by_hour', '42501');
RESET ROLE;
SELECT set_config('test.role', l.role_name, true) FROM auth.create_bi_login(test.tenant(2)) AS l \g /dev/null
SELECT format('SET LOCAL SESSION AUTHORIZATION %I', current_setting('test.role')) \gexec
SELECT test.equals('an analyst''s rows by the hour', jsonb_agg(DISTINCT a.connection_id ORDER BY a.connection_id), jsonb_build_array(test.person(2, 1), test.person(2, 2))) FROM bi.sync_activity_by_hour AS a;
SELECT test.equals('an analyst''s sums by the day', sum(a.rows_read), 80) FROM bi.sync_activity_by_day AS a;
RESET SESSION AUTHORIZATION;
