-- The score of a connection, part by part, by the formula of docs/AUTONOMOS.md.
RESET ROLE;
INSERT INTO data.connections (tenant_id, connection_id, slug, name, connection_type, source_system, status)
SELECT test.tenant(n), test.person(n, k.nth), k.slug, k.slug, 'push', 'crm', k.status
FROM generate_series(1, 2) AS n
CROSS JOIN (VALUES (1, 'a-good', 'ACTIVE'), (2, 'b-bad', 'ACTIVE'), (3, 'c-new', 'PENDING'), (4, 'd-failed', 'FAILED'), (5, 'e-paused', 'PAUSED'), (6, 'f-gone', 'DISCONNECTED'), (7, 'g-failed', 'FAILED'))
    AS k (nth, slug, status);
INSERT INTO data.sync_runs (tenant_id, connection_id, mapping_id, entity, status, started_at, finished_at, rows_read, rows_unchanged, rows_rejected)
SELECT test.tenant(1), test.person(1, r.nth), gen_random_uuid(), 'account', r.status, r.at, r.at, r.read, r.read - r.rejected, r.rejected
FROM (VALUES
    (1, 'succeeded', timestamptz '2025-11-18 06:00+00', 1000, 0), (1, 'succeeded', '2025-11-17', 1000, 0),
    -- Four runs of 7 days: one succeeded, two were partial, one failed; what is older does not count. 1 of 100 rows was rejected.
    (2, 'succeeded', '2025-11-14 12:00+00', 50, 0), (2, 'partial', '2025-11-15', 40, 2), (2, 'partial', '2025-11-16', 10, 0),
    (2, 'failed', '2025-11-17', 100, 0), (2, 'failed', '2025-11-01', 0, 0), (2, 'running', '2025-11-18 11:00+00', 0, 0),
    (4, 'succeeded', '2025-11-18 06:00+00', 10, 0),
    (5, 'succeeded', '2025-11-12 12:00+00', 10, 0),
    (6, 'succeeded', '2025-11-18 06:00+00', 10, 0)
) AS r (nth, status, at, read, rejected);
INSERT INTO data.schema_snapshots (tenant_id, connection_id, version, relations, fingerprint)
SELECT test.tenant(1), test.person(1, nth), 1, '[]', '' FROM generate_series(1, 2) AS nth;
INSERT INTO data.drift_events (tenant_id, connection_id, version, event_type, relation, old_schema, new_schema, confidence, status, created_at)
SELECT test.tenant(1), test.person(1, 2), 1, 'field_added', 'r', '{}', '{}', 1, d.status, d.at
FROM (VALUES ('queued', timestamptz '2025-11-17'), ('detected', '2025-11-17'), ('detected', '2025-11-16'), ('auto_repaired', '2025-11-17'), ('queued', '2025-10-01')) AS d (status, at);

SELECT test.become_member(1);
SELECT test.equals('scores', jsonb_agg(jsonb_build_array(c.slug, h.score, h.grade, h.sync_score, h.freshness_score, h.drift_score, h.error_score)
    ORDER BY c.slug), '[
    ["a-good",   100, "healthy",   1.000, 1.000, 1.000, 1.000],
    ["b-bad",     62, "degraded",  0.500, 0.500, 0.720, 0.900],
    ["c-new",   null, "unknown",   null,  null,  null, null],
    ["d-failed",  30, "unhealthy", 1.000, 1.000, null, 1.000],
    ["e-paused", 100, "healthy",   1.000, null,  null, 1.000],
    ["g-failed",  30, "unhealthy", null,  null,  null, null]]')
FROM data.connection_health(at => '2025-11-18 12:00+00') AS h
JOIN data.connections AS c ON c.connection_id = h.connection_id;
SELECT test.equals('what it is made of', to_jsonb(h) - '{connection_id,score,grade,sync_score,freshness_score,drift_score,error_score,last_success_at}'::text[],
    '{"run_count": 4, "succeeded_count": 1, "partial_count": 2, "failed_count": 1, "queued_drift": 1, "detected_drift": 2, "rows_read": 200, "rows_rejected": 2}')
FROM data.connection_health(test.person(1, 2), '2025-11-18 12:00+00') AS h;
-- Worse by the day while nothing is synced, down to what it cannot lose.
SELECT test.equals('as time goes by', jsonb_agg(jsonb_build_array(h.freshness_score, h.score) ORDER BY d.at), '[[1.000, 100], [0.500, 90], [0.000, 50]]')
FROM (VALUES (timestamptz '2025-11-19 06:00+00'), ('2025-11-22 06:00+00'), ('2025-12-18')) AS d (at)
CROSS JOIN LATERAL data.connection_health(test.person(1, 1), d.at) AS h;
SELECT test.equals('a disconnected one', jsonb_build_array(h.score, h.grade), '[null, "unknown"]') FROM data.connection_health(test.person(1, 6), '2025-11-18') AS h;
SELECT test.equals('the worst first', (SELECT array_agg(c.slug ORDER BY h.ordinality) FROM data.connection_health(at => '2025-11-18 12:00+00') WITH ORDINALITY AS h
    JOIN data.connections AS c ON c.connection_id = h.connection_id), '{d-failed,g-failed,b-bad,a-good,e-paused,c-new}'::text[]);

SELECT test.become_member(2);
SELECT test.equals('the neighbour''s', count(*), 0) FROM data.connection_health(test.person(1, 1));
SELECT test.equals('scores of the neighbour', count(h.score), 2) FROM data.connection_health() AS h;
SELECT test.raises(format('SELECT autonomos.connection_health(%L)', test.person(1, 1)), 'PT404', 'not_found');
SELECT set_config('pgserver.settings', '{"autonomos.aam_available": "false"}', true) \g /dev/null
SELECT test.raises(format('SELECT autonomos.connection_health(%L)', test.person(2, 1)), 'PT503', 'unavailable');
