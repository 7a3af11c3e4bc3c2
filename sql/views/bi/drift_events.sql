-- Runs as: bi_owner
CREATE OR REPLACE VIEW bi.drift_events AS
SELECT
    d.drift_event_id,
    d.connection_id,
    d.version AS schema_version,
    d.event_type,
    d.relation,
    d.field,
    d.new_field,
    d.confidence,
    d.status,
    d.created_at,
    d.resolved_at,
    extract(epoch FROM d.resolved_at - d.created_at) AS repair_seconds
FROM data.drift_events AS d;
COMMENT ON VIEW bi.drift_events IS
    'One row for each difference between what a source looked like and what it looked like before. Times are in UTC.';
COMMENT ON COLUMN bi.drift_events.drift_event_id IS 'Id of the difference.';
COMMENT ON COLUMN bi.drift_events.connection_id  IS 'Connection whose source differs; joins bi.connections.';
COMMENT ON COLUMN bi.drift_events.schema_version IS 'Version of the source''s schema that is other than the one before.';
COMMENT ON COLUMN bi.drift_events.event_type     IS 'field_added, field_removed, field_renamed, type_changed, table_added or table_removed.';
COMMENT ON COLUMN bi.drift_events.relation       IS 'Relation of the source.';
COMMENT ON COLUMN bi.drift_events.field          IS 'The field as it was called before, of an added one its name; NULL: the whole relation.';
COMMENT ON COLUMN bi.drift_events.new_field      IS 'What a renamed field is called now.';
COMMENT ON COLUMN bi.drift_events.confidence     IS 'How sure the kind of the difference is, from 0 to 1: a rename is always a guess.';
COMMENT ON COLUMN bi.drift_events.status         IS 'detected (nothing mapped is touched), auto_repaired, queued (a person is asked), repaired, rejected or ignored.';
COMMENT ON COLUMN bi.drift_events.created_at     IS 'When it was found, in UTC.';
COMMENT ON COLUMN bi.drift_events.resolved_at    IS 'When it was dealt with, in UTC; NULL: it was not.';
COMMENT ON COLUMN bi.drift_events.repair_seconds IS 'From found to dealt with, in seconds.';
GRANT SELECT ON bi.drift_events TO bi_reader;
