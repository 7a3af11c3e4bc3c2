-- Runs as: bi_owner
CREATE OR REPLACE VIEW bi.discoveries AS
SELECT
    d.discovery_id,
    d.connection_id,
    d.status,
    d.version AS schema_version,
    d.relations_found,
    d.columns_found,
    d.drift_found,
    d.error_code,
    d.created_at,
    d.started_at,
    d.finished_at,
    extract(epoch FROM d.finished_at - d.started_at) AS duration_seconds
FROM data.discoveries AS d;
COMMENT ON VIEW bi.discoveries IS
    'One row for each look at what a source has. Times are in UTC.';
COMMENT ON COLUMN bi.discoveries.discovery_id     IS 'Id of the discovery.';
COMMENT ON COLUMN bi.discoveries.connection_id    IS 'Connection that was looked at; joins bi.connections.';
COMMENT ON COLUMN bi.discoveries.status           IS 'queued, succeeded or failed.';
COMMENT ON COLUMN bi.discoveries.schema_version   IS 'Version of the source''s schema that shows what was found.';
COMMENT ON COLUMN bi.discoveries.relations_found  IS 'Relations found.';
COMMENT ON COLUMN bi.discoveries.columns_found    IS 'Columns found.';
COMMENT ON COLUMN bi.discoveries.drift_found      IS 'Differences from the version before; joins bi.drift_events by connection and version.';
COMMENT ON COLUMN bi.discoveries.error_code       IS 'Why it failed; NULL: it did not.';
COMMENT ON COLUMN bi.discoveries.created_at       IS 'When it was asked for, in UTC.';
COMMENT ON COLUMN bi.discoveries.started_at       IS 'When it began, in UTC.';
COMMENT ON COLUMN bi.discoveries.finished_at      IS 'When it ended, in UTC.';
COMMENT ON COLUMN bi.discoveries.duration_seconds IS 'How long it took, in seconds.';
GRANT SELECT ON bi.discoveries TO bi_reader;
