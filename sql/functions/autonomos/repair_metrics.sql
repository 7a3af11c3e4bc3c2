-- Requires: functions/autonomos/fraction.sql
-- Requires: functions/autonomos/require_aam.sql
-- What became of the drift of the last days: how much was repaired by itself, by a person, or waits for one.
--
-- Role:    member
-- Takes:   days: 1 to 365
-- Returns: 200 {days, drift_events, detected, auto_repaired, queued, repaired, rejected, ignored, auto_repair_rate,
--          average_confidence, average_repair_seconds, by_type: [{event_type, drift_events, auto_repaired, queued,
--          repaired, rejected}], by_source: [{connection_id, vendor, …}], queue: {pending, oldest_at}}. The rate is of
--          the events that touched something mapped, and null if there was none.
-- Errors:  PT400 invalid      400  days is not from 1 to 365
--          PT503 unavailable  503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.repair_metrics(days integer DEFAULT 30)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    PERFORM autonomos.require_aam();
    PERFORM api.invalid(CASE WHEN repair_metrics.days NOT BETWEEN 1 AND 365
        THEN ('days', 'out_of_range', 'Use a number from 1 to 365.')::api.fault END);
    RETURN (
        WITH drift AS MATERIALIZED (
            SELECT d.event_type, d.connection_id, d.status, d.confidence, d.created_at, d.resolved_at
            FROM data.drift_events AS d
            WHERE d.created_at > now() - make_interval(days => repair_metrics.days)
        )
        SELECT json_build_object(
            'days', repair_metrics.days,
            'drift_events', count(*),
            'detected', count(*) FILTER (WHERE d.status = 'detected'),
            'auto_repaired', count(*) FILTER (WHERE d.status = 'auto_repaired'),
            'queued', count(*) FILTER (WHERE d.status = 'queued'),
            'repaired', count(*) FILTER (WHERE d.status = 'repaired'),
            'rejected', count(*) FILTER (WHERE d.status = 'rejected'),
            'ignored', count(*) FILTER (WHERE d.status = 'ignored'),
            'auto_repair_rate', autonomos.fraction(
                count(*) FILTER (WHERE d.status = 'auto_repaired')::numeric
                / nullif(count(*) FILTER (WHERE d.status NOT IN ('detected', 'ignored')), 0)),
            'average_confidence', autonomos.fraction(avg(d.confidence)),
            'average_repair_seconds', round((extract(epoch FROM
                avg(d.resolved_at - d.created_at) FILTER (WHERE d.status IN ('auto_repaired', 'repaired'))))::numeric, 3),
            'by_type', (
                SELECT COALESCE(json_agg(json_build_object(
                    'event_type', t.event_type, 'drift_events', t.total, 'auto_repaired', t.auto_repaired,
                    'queued', t.queued, 'repaired', t.repaired, 'rejected', t.rejected) ORDER BY t.event_type), '[]')
                FROM (
                    SELECT
                        e.event_type, count(*) AS total,
                        count(*) FILTER (WHERE e.status = 'auto_repaired') AS auto_repaired,
                        count(*) FILTER (WHERE e.status = 'queued') AS queued,
                        count(*) FILTER (WHERE e.status = 'repaired') AS repaired,
                        count(*) FILTER (WHERE e.status = 'rejected') AS rejected
                    FROM drift AS e
                    GROUP BY e.event_type
                ) AS t),
            'by_source', (
                SELECT COALESCE(json_agg(json_build_object(
                    'connection_id', t.connection_id, 'vendor', c.source_system, 'drift_events', t.total,
                    'auto_repaired', t.auto_repaired, 'queued', t.queued, 'repaired', t.repaired,
                    'rejected', t.rejected) ORDER BY t.total DESC, t.connection_id), '[]')
                FROM (
                    SELECT
                        e.connection_id, count(*) AS total,
                        count(*) FILTER (WHERE e.status = 'auto_repaired') AS auto_repaired,
                        count(*) FILTER (WHERE e.status = 'queued') AS queued,
                        count(*) FILTER (WHERE e.status = 'repaired') AS repaired,
                        count(*) FILTER (WHERE e.status = 'rejected') AS rejected
                    FROM drift AS e
                    GROUP BY e.connection_id
                    ORDER BY count(*) DESC, e.connection_id
                    LIMIT 1000
                ) AS t
                JOIN data.connections AS c ON c.connection_id = t.connection_id),
            'queue', (
                SELECT json_build_object('pending', count(*), 'oldest_at', core.rfc3339(min(s.created_at)))
                FROM data.mapping_suggestions AS s
                WHERE s.status = 'pending'))
        FROM drift AS d
    );
END;
$$;
COMMENT ON FUNCTION autonomos.repair_metrics(integer) IS 'What became of the drift of the last days.';
GRANT EXECUTE ON FUNCTION autonomos.repair_metrics(integer) TO member;
SELECT api.route(
    'GET /api/v1/aam/intelligence/repair_metrics', 'autonomos.repair_metrics', rate => 'read', tag => 'AAM',
    returns => '{
        "days": "integer", "drift_events": "integer", "detected": "integer", "auto_repaired": "integer",
        "queued": "integer", "repaired": "integer", "rejected": "integer", "ignored": "integer",
        "auto_repair_rate": "number?", "average_confidence": "number?", "average_repair_seconds": "number?",
        "by_type": [{"event_type": "string", "drift_events": "integer", "auto_repaired": "integer", "queued": "integer",
                     "repaired": "integer", "rejected": "integer"}],
        "by_source": [{"connection_id": "uuid", "vendor": "string", "drift_events": "integer",
                       "auto_repaired": "integer", "queued": "integer", "repaired": "integer", "rejected": "integer"}],
        "queue": {"pending": "integer", "oldest_at": "string?"}}',
    errors => '{invalid,unavailable}');
