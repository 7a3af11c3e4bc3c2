-- Runs as: bi_owner
CREATE OR REPLACE VIEW bi.mappings AS
SELECT
    m.mapping_id,
    m.connection_id,
    m.source_relation,
    m.entity,
    m.record_type,
    m.key_column,
    m.cursor_column,
    m.on_removal,
    m.status,
    m.created_at,
    m.updated_at
FROM data.mappings AS m;
COMMENT ON VIEW bi.mappings IS
    'One row for each relation of a source that feeds an entity. Times are in UTC.';
COMMENT ON COLUMN bi.mappings.mapping_id      IS 'Id of the mapping.';
COMMENT ON COLUMN bi.mappings.connection_id   IS 'Connection it reads; joins bi.connections.';
COMMENT ON COLUMN bi.mappings.source_relation IS 'Relation of the source.';
COMMENT ON COLUMN bi.mappings.entity          IS 'What its rows become: account, contact, opportunity, cost, budget or record.';
COMMENT ON COLUMN bi.mappings.record_type     IS 'The tenant''s own kind of record, if the entity is record.';
COMMENT ON COLUMN bi.mappings.key_column      IS 'Column that tells the rows apart; NULL: they are numbered, or pushed with a key.';
COMMENT ON COLUMN bi.mappings.cursor_column   IS 'Column that grows with each change; NULL: the whole relation is read.';
COMMENT ON COLUMN bi.mappings.on_removal      IS 'What becomes of records whose row has gone: keep, mark or delete.';
COMMENT ON COLUMN bi.mappings.status          IS 'active or paused.';
COMMENT ON COLUMN bi.mappings.created_at      IS 'When it was made, in UTC.';
COMMENT ON COLUMN bi.mappings.updated_at      IS 'When it last changed, or was read, in UTC.';
GRANT SELECT ON bi.mappings TO bi_reader;
