-- Runs as: bi_owner
CREATE OR REPLACE VIEW bi.connections AS
SELECT
    c.connection_id,
    c.slug AS connection_slug,
    c.name AS connection_name,
    c.connection_type,
    c.source_system,
    c.status,
    c.health,
    c.health_checked_at,
    c.last_discovery_at,
    c.last_sync_status,
    c.last_sync_records,
    c.last_sync_bytes,
    c.last_sync_at,
    c.created_at,
    c.updated_at
FROM data.connections AS c;
COMMENT ON VIEW bi.connections IS 'Connected sources, one row each, without their addresses and credentials. Times are in UTC.';
COMMENT ON COLUMN bi.connections.connection_id     IS 'Id of the connection; other views refer to it.';
COMMENT ON COLUMN bi.connections.connection_slug   IS 'Its name in the form used in addresses.';
COMMENT ON COLUMN bi.connections.connection_name   IS 'Its name.';
COMMENT ON COLUMN bi.connections.connection_type   IS 'Kind of source, such as postgres.';
COMMENT ON COLUMN bi.connections.source_system     IS 'What its records call their source.';
COMMENT ON COLUMN bi.connections.status            IS 'PENDING, ACTIVE, PAUSED, FAILED or DISCONNECTED.';
COMMENT ON COLUMN bi.connections.health            IS 'unknown, healthy, degraded or unhealthy.';
COMMENT ON COLUMN bi.connections.health_checked_at IS 'When the health was found out, in UTC.';
COMMENT ON COLUMN bi.connections.last_discovery_at IS 'When its relations were last listed, in UTC.';
COMMENT ON COLUMN bi.connections.last_sync_status  IS 'succeeded, partial or failed; NULL: never synchronized.';
COMMENT ON COLUMN bi.connections.last_sync_records IS 'Rows read by the last sync.';
COMMENT ON COLUMN bi.connections.last_sync_bytes   IS 'Bytes read by the last sync, as JSON text.';
COMMENT ON COLUMN bi.connections.last_sync_at      IS 'When the last sync ended, in UTC.';
COMMENT ON COLUMN bi.connections.created_at        IS 'When it was made, in UTC.';
COMMENT ON COLUMN bi.connections.updated_at        IS 'When it last changed, in UTC.';
GRANT SELECT ON bi.connections TO bi_reader;
