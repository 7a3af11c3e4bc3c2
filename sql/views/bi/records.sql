-- Runs as: bi_owner
CREATE OR REPLACE VIEW bi.records AS
SELECT
    r.record_type,
    r.record_id,
    r.fields,
    r.source_system,
    r.source_connection_id AS connection_id,
    r.source_relation,
    r.source_key,
    r.created_at,
    r.updated_at,
    r.synced_at,
    r.source_removed_at    AS removed_at
FROM data.records AS r;
COMMENT ON VIEW bi.records IS
    'Records of the tenant''s own kinds, such as flights: one row for each row of a source. Times are in UTC.';
COMMENT ON COLUMN bi.records.record_type     IS 'Which kind of record it is, as the tenant calls it.';
COMMENT ON COLUMN bi.records.record_id       IS 'Id of the record.';
COMMENT ON COLUMN bi.records.fields          IS 'JSON object of the mapped fields, in the source''s units; a field without a value is left out.';
COMMENT ON COLUMN bi.records.source_system   IS 'Name of the system the row came from.';
COMMENT ON COLUMN bi.records.connection_id   IS 'Connection the row came through; joins bi.connections.';
COMMENT ON COLUMN bi.records.source_relation IS 'Table, file or object of the source that has the row.';
COMMENT ON COLUMN bi.records.source_key      IS 'Key of the row in its source.';
COMMENT ON COLUMN bi.records.created_at      IS 'When it was first read, in UTC.';
COMMENT ON COLUMN bi.records.updated_at      IS 'When it last changed, in UTC.';
COMMENT ON COLUMN bi.records.synced_at       IS 'When a sync last wrote the row, in UTC.';
COMMENT ON COLUMN bi.records.removed_at      IS 'When the source was first seen without it, in UTC; NULL while it is there.';
GRANT SELECT ON bi.records TO bi_reader;
