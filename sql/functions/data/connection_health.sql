-- How well connections of the caller's tenant fare. docs/AUTONOMOS.md has the formula.
--
--   syncs      40  share of the runs of 7 days that succeeded; one that was only partial counts half
--   freshness  20  1 until a day after the last run that succeeded, then falling to 0 after 7 days; not of a paused one
--   drift      20  1 less a fifth for each difference of 30 days that waits for a person, and a twenty-fifth for each that
--                  touches nothing mapped
--   errors     20  1 less ten times the share of rejected rows, of 7 days
--
-- The score is their weighted mean times 100. A part of which nothing is known is left out, with its weight. Of a source
-- that cannot be read (FAILED) the score is 30 at most. Grades: healthy from 80, degraded from 50, unhealthy below,
-- unknown without a score.
--
-- Role:    member; pgserver_owner, for functions that act for the worker
-- Takes:   connection_id: NULL for all that are not disconnected
CREATE OR REPLACE FUNCTION data.connection_health(connection_id uuid DEFAULT NULL, at timestamptz DEFAULT now())
RETURNS SETOF data.health_report LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_failed_max CONSTANT integer     := 30;
    v_healthy    CONSTANT integer     := 80;
    v_degraded   CONSTANT integer     := 50;
    v_day        CONSTANT numeric     := 86400;
    v_days       CONSTANT integer     := 7;
    v_since      CONSTANT timestamptz := connection_health.at - make_interval(days => v_days);
BEGIN
    RETURN QUERY
    SELECT
        h.connection_id, h.score,
        CASE WHEN h.score IS NULL THEN 'unknown' WHEN h.score >= v_healthy THEN 'healthy'
            WHEN h.score >= v_degraded THEN 'degraded' ELSE 'unhealthy' END,
        h.sync_score, h.freshness_score, h.drift_score, h.error_score, h.run_count, h.succeeded_count, h.partial_count,
        h.failed_count, h.last_success_at, h.queued_drift, h.detected_drift, h.rows_read, h.rows_rejected
    FROM (
        SELECT p.*, CASE p.status
            WHEN 'DISCONNECTED' THEN NULL
            WHEN 'FAILED' THEN LEAST(COALESCE(m.mean, v_failed_max), v_failed_max)
            ELSE m.mean END AS score
        FROM (
            SELECT
                c.connection_id, c.status, c.name, r.run_count, r.succeeded_count, r.partial_count, r.failed_count,
                s.last_success_at, d.queued_drift, d.detected_drift, r.rows_read, r.rows_rejected,
                round((r.succeeded_count + 0.5 * r.partial_count) / nullif(r.run_count, 0), 3) AS sync_score,
                CASE
                    WHEN c.status = 'PAUSED' THEN NULL
                    WHEN s.last_success_at IS NOT NULL THEN round(GREATEST(0, LEAST(1,
                        (v_days * v_day - extract(epoch FROM connection_health.at - s.last_success_at)) / ((v_days - 1) * v_day))), 3)
                    WHEN r.run_count > 0 THEN 0
                END AS freshness_score,
                CASE WHEN d.was_seen THEN round(GREATEST(0, 1 - (d.queued_drift + 0.2 * d.detected_drift) / 5), 3) END AS drift_score,
                CASE WHEN r.rows_read > 0 THEN round(GREATEST(0, 1 - 10.0 * r.rows_rejected / r.rows_read), 3) END AS error_score
            FROM data.connections AS c
            CROSS JOIN LATERAL (
                SELECT count(*) AS run_count,
                    count(*) FILTER (WHERE q.status = 'succeeded') AS succeeded_count,
                    count(*) FILTER (WHERE q.status = 'partial') AS partial_count,
                    count(*) FILTER (WHERE q.status = 'failed') AS failed_count,
                    COALESCE(sum(q.rows_read), 0)::bigint AS rows_read,
                    COALESCE(sum(q.rows_rejected), 0)::bigint AS rows_rejected
                FROM data.sync_runs AS q
                WHERE q.tenant_id = c.tenant_id AND q.connection_id = c.connection_id
                    AND q.started_at >= v_since AND q.started_at <= connection_health.at
                    AND q.status IN ('succeeded', 'partial', 'failed')
            ) AS r
            CROSS JOIN LATERAL (
                SELECT max(q.finished_at) AS last_success_at
                FROM data.sync_runs AS q
                WHERE q.tenant_id = c.tenant_id AND q.connection_id = c.connection_id
                    AND q.finished_at <= connection_health.at AND q.status = 'succeeded'
            ) AS s
            CROSS JOIN LATERAL (
                SELECT
                    count(*) FILTER (WHERE e.status = 'queued') AS queued_drift,
                    count(*) FILTER (WHERE e.status = 'detected') AS detected_drift,
                    EXISTS (
                        SELECT FROM data.schema_snapshots AS n
                        WHERE n.tenant_id = c.tenant_id AND n.connection_id = c.connection_id) AS was_seen
                FROM data.drift_events AS e
                WHERE e.tenant_id = c.tenant_id AND e.connection_id = c.connection_id
                    AND e.created_at >= connection_health.at - interval '30 days' AND e.created_at <= connection_health.at
            ) AS d
            WHERE c.tenant_id = auth.tenant_id()
                AND CASE WHEN connection_health.connection_id IS NULL THEN c.status <> 'DISCONNECTED'
                    ELSE c.connection_id = connection_health.connection_id END
        ) AS p
        CROSS JOIN LATERAL (
            SELECT round(100 * sum(w.weight * w.part) / sum(w.weight))::integer AS mean
            FROM (VALUES (40, p.sync_score), (20, p.freshness_score), (20, p.drift_score), (20, p.error_score)) AS w (weight, part)
            WHERE w.part IS NOT NULL
        ) AS m
    ) AS h
    ORDER BY h.score NULLS LAST, h.name;
END;
$$;
COMMENT ON FUNCTION data.connection_health(uuid, timestamptz) IS 'How well connections of the caller''s tenant fare, the worst first.';
GRANT EXECUTE ON FUNCTION data.connection_health(uuid, timestamptz) TO member;
