-- What outside extractors push: which batches have been taken, and what was answered.

ALTER TABLE data.source_relations
    ADD COLUMN columns         text[] NOT NULL DEFAULT '{}',
    ADD COLUMN declared_schema jsonb,
    ADD CONSTRAINT source_relations_declared_schema_check CHECK (jsonb_typeof(declared_schema) = 'object');
COMMENT ON COLUMN data.source_relations.columns IS
    'Names of the fields: of a file in its own order, of pushed records in the order in which they were first seen.';
COMMENT ON COLUMN data.source_relations.declared_schema IS
    'What the extractor says of the fields, {field: type}, in its own words; NULL if it says nothing.';
COMMENT ON COLUMN data.source_relations.generation IS
    'Rows of this generation are read. A file that replaces another is loaded as the next one, then takes over; 0: the first is still loading.';
COMMENT ON COLUMN data.source_relations.row_count IS 'Rows of this generation that are not deleted.';
COMMENT ON COLUMN data.source_relations.byte_count IS 'Bytes that came: of the files of this generation, or of all batches pushed.';

CREATE TABLE data.push_batches (
    tenant_id     uuid        NOT NULL DEFAULT auth.tenant_id(),
    connection_id uuid        NOT NULL,
    relation      text        NOT NULL,
    cursor        text        NOT NULL,
    fingerprint   bytea       NOT NULL,
    answer        jsonb       NOT NULL,
    is_last       boolean     NOT NULL DEFAULT true,
    received_at   timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT push_batches_pkey              PRIMARY KEY (tenant_id, connection_id, relation, cursor),
    CONSTRAINT push_batches_relation_fkey     FOREIGN KEY (tenant_id, connection_id, relation)
        REFERENCES data.source_relations (tenant_id, connection_id, relation) ON DELETE CASCADE,
    CONSTRAINT push_batches_cursor_check      CHECK (char_length(cursor) BETWEEN 1 AND 500),
    CONSTRAINT push_batches_fingerprint_check CHECK (octet_length(fingerprint) = 32)
);
COMMENT ON TABLE data.push_batches IS
    'Batches of records that were pushed and what was answered, so that one sent again has no second effect. Kept for 30 days, and the last of a relation for ever.';
COMMENT ON COLUMN data.push_batches.fingerprint IS 'SHA-256 of what the batch held.';
COMMENT ON COLUMN data.push_batches.is_last IS 'Whether no later batch of the relation has come.';
COMMENT ON CONSTRAINT push_batches_cursor_check ON data.push_batches IS 'A cursor has 1 to 500 characters.';
CREATE INDEX push_batches_received_at_idx ON data.push_batches (received_at) WHERE NOT is_last;

SELECT core.tenant_table('data.push_batches', readers => '{}');
-- What is old enough is removed for all tenants at once.
CREATE POLICY push_batches_expired ON data.push_batches TO pgserver_owner
    USING      (NOT is_last AND received_at <= now() - interval '30 days')
    WITH CHECK (false);
