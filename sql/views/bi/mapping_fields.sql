-- Runs as: bi_owner
CREATE OR REPLACE VIEW bi.mapping_fields AS
SELECT
    f.mapping_id,
    m.connection_id,
    m.source_relation,
    m.entity,
    f.canonical_field,
    f.vendor_field,
    f.coercion::text AS coercion,
    f.confidence
FROM data.mapping_fields AS f
JOIN data.mappings AS m ON m.tenant_id = f.tenant_id AND m.mapping_id = f.mapping_id;
COMMENT ON VIEW bi.mapping_fields IS
    'One row for each field of an entity that a column of a source fills.';
COMMENT ON COLUMN bi.mapping_fields.mapping_id      IS 'Mapping it is part of; joins bi.mappings.';
COMMENT ON COLUMN bi.mapping_fields.connection_id   IS 'Connection it reads; joins bi.connections.';
COMMENT ON COLUMN bi.mapping_fields.source_relation IS 'Relation of the source.';
COMMENT ON COLUMN bi.mapping_fields.entity          IS 'What the relation''s rows become.';
COMMENT ON COLUMN bi.mapping_fields.canonical_field IS 'Field that is filled.';
COMMENT ON COLUMN bi.mapping_fields.vendor_field    IS 'Column that fills it.';
COMMENT ON COLUMN bi.mapping_fields.coercion        IS 'How its values are turned, as JSON; NULL: as they are.';
COMMENT ON COLUMN bi.mapping_fields.confidence      IS 'How sure it is, from 0 to 1.';
GRANT SELECT ON bi.mapping_fields TO bi_reader;
