-- More kinds of source, what a source brings before it becomes records, what it looked like when it was discovered, and
-- records of kinds that a tenant names itself.

-- Kinds of source ----------------------------------------------------------------------------------------------------

ALTER TABLE data.connections
    DROP CONSTRAINT connections_status_check,
    ADD  CONSTRAINT connections_status_check
        CHECK (status IN ('PENDING', 'ACTIVE', 'PAUSED', 'FAILED', 'DISCONNECTED'));

INSERT INTO data.connection_types (connection_type, title, capabilities, configuration_schema)
SELECT
    'supabase', 'Supabase', t.capabilities,
    jsonb_set(t.configuration_schema, '{properties,source_system,default}', '"supabase"')
FROM data.connection_types AS t
WHERE t.connection_type = 'postgres';

INSERT INTO data.connection_types (connection_type, title, capabilities, configuration_schema)
VALUES
    ('filesource', 'Files', ARRAY['test', 'discover', 'read', 'write', 'health'], '{
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "source_system": {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$", "default": "filesource"}
        }
    }'),
    ('salesforce', 'Salesforce', ARRAY['discover', 'push', 'health'], '{}'),
    ('hubspot',    'HubSpot',    ARRAY['discover', 'push', 'health'], '{}'),
    ('mongodb',    'MongoDB',    ARRAY['discover', 'push', 'health'], '{}'),
    ('push',       'Any system', ARRAY['discover', 'push', 'health'], '{}');

-- Who pushes says where the records come from, and may note where the system is found; nothing is called there.
UPDATE data.connection_types AS t
SET configuration_schema = jsonb_build_object(
    '$schema', 'https://json-schema.org/draft/2020-12/schema',
    'type', 'object',
    'additionalProperties', false,
    'properties', jsonb_build_object(
        'source_system', jsonb_build_object(
            'type', 'string', 'pattern', '^[a-z][a-z0-9_]{0,39}$', 'default', t.connection_type),
        'instance', '{"type": "string", "maxLength": 253}'::jsonb))
WHERE 'push' = ANY (t.capabilities);

-- What a source brings -----------------------------------------------------------------------------------------------

CREATE TABLE data.source_relations (
    tenant_id     uuid        NOT NULL DEFAULT auth.tenant_id(),
    connection_id uuid        NOT NULL,
    relation      text        NOT NULL,
    key_field     text,
    generation    int         NOT NULL DEFAULT 1,
    last_row_no   bigint      NOT NULL DEFAULT 0,
    row_count     bigint      NOT NULL DEFAULT 0,
    byte_count    bigint      NOT NULL DEFAULT 0,
    last_cursor   text,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT source_relations_pkey               PRIMARY KEY (tenant_id, connection_id, relation),
    CONSTRAINT source_relations_connection_id_fkey FOREIGN KEY (tenant_id, connection_id)
        REFERENCES data.connections (tenant_id, connection_id) ON DELETE CASCADE,
    CONSTRAINT source_relations_relation_check     CHECK (char_length(relation) BETWEEN 1 AND 120)
);
COMMENT ON TABLE data.source_relations IS
    'Relations whose rows are kept here: files that were loaded and objects whose records are pushed.';
COMMENT ON COLUMN data.source_relations.key_field IS 'Field that tells pushed records apart; NULL for files, whose rows only have numbers.';
COMMENT ON COLUMN data.source_relations.generation IS 'Rows of this generation are read. A file that replaces another is loaded as the next one, then takes over.';
COMMENT ON COLUMN data.source_relations.last_row_no IS 'Highest row number given in this generation.';
COMMENT ON COLUMN data.source_relations.last_cursor IS 'Where the outside extractor has come to, in its own words.';
COMMENT ON CONSTRAINT source_relations_relation_check ON data.source_relations IS 'The name of a relation has 1 to 120 characters.';

CREATE TABLE data.source_rows (
    tenant_id     uuid        NOT NULL DEFAULT auth.tenant_id(),
    connection_id uuid        NOT NULL,
    relation      text        NOT NULL,
    generation    int         NOT NULL,
    row_no        bigint      NOT NULL,
    source_key    text,
    source_row    jsonb       NOT NULL,
    is_deleted    boolean     NOT NULL DEFAULT false,
    received_at   timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT source_rows_pkey          PRIMARY KEY (tenant_id, connection_id, relation, generation, row_no),
    CONSTRAINT source_rows_relation_fkey FOREIGN KEY (tenant_id, connection_id, relation)
        REFERENCES data.source_relations (tenant_id, connection_id, relation) ON DELETE CASCADE
);
COMMENT ON TABLE data.source_rows IS
    'Rows of files and pushed records as they came, one JSON object each. A record pushed again takes its newest number.';
COMMENT ON COLUMN data.source_rows.row_no IS 'Of a file: the row''s place, from 1. Of a push: grows with each change, so what is new has higher numbers.';
COMMENT ON COLUMN data.source_rows.is_deleted IS 'The system said that the record is gone.';
CREATE UNIQUE INDEX source_rows_source_key_idx
    ON data.source_rows (tenant_id, connection_id, relation, generation, source_key) WHERE source_key IS NOT NULL;

-- What a source looked like ------------------------------------------------------------------------------------------

CREATE TABLE data.schema_snapshots (
    tenant_id     uuid        NOT NULL DEFAULT auth.tenant_id(),
    connection_id uuid        NOT NULL,
    version       int         NOT NULL,
    relations     jsonb       NOT NULL,
    fingerprint   bytea       NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    last_seen_at  timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT schema_snapshots_pkey               PRIMARY KEY (tenant_id, connection_id, version),
    CONSTRAINT schema_snapshots_connection_id_fkey FOREIGN KEY (tenant_id, connection_id)
        REFERENCES data.connections (tenant_id, connection_id) ON DELETE CASCADE,
    CONSTRAINT schema_snapshots_relations_check    CHECK (jsonb_typeof(relations) = 'array')
);
COMMENT ON TABLE data.schema_snapshots IS 'What a source looked like. A discovery that finds the same again moves last_seen_at only.';
COMMENT ON COLUMN data.schema_snapshots.relations IS
    '[{relation, estimated_rows, key_columns: [name], columns: [{column, type, is_nullable, position, sample?}]}] in the source''s order.';
COMMENT ON COLUMN data.schema_snapshots.fingerprint IS 'SHA-256 of what makes a difference: names, types, nullability and keys; not row counts nor samples.';

CREATE TABLE data.drift_events (
    tenant_id      uuid         NOT NULL DEFAULT auth.tenant_id(),
    drift_event_id uuid         NOT NULL DEFAULT gen_random_uuid(),
    connection_id  uuid         NOT NULL,
    version        int          NOT NULL,
    event_type     text         NOT NULL,
    relation       text         NOT NULL,
    field          text,
    new_field      text,
    old_schema     jsonb        NOT NULL,
    new_schema     jsonb        NOT NULL,
    confidence     numeric(4,3) NOT NULL,
    status         text         NOT NULL DEFAULT 'detected',
    created_at     timestamptz  NOT NULL DEFAULT now(),
    resolved_at    timestamptz,

    CONSTRAINT drift_events_pkey             PRIMARY KEY (tenant_id, drift_event_id),
    CONSTRAINT drift_events_version_fkey     FOREIGN KEY (tenant_id, connection_id, version)
        REFERENCES data.schema_snapshots (tenant_id, connection_id, version) ON DELETE CASCADE,
    CONSTRAINT drift_events_event_type_check CHECK (event_type IN (
        'field_added', 'field_removed', 'field_renamed', 'type_changed', 'table_added', 'table_removed')),
    CONSTRAINT drift_events_confidence_check CHECK (confidence BETWEEN 0 AND 1),
    CONSTRAINT drift_events_status_check     CHECK (status IN ('detected', 'auto_repaired', 'queued', 'repaired', 'rejected', 'ignored'))
);
COMMENT ON TABLE data.drift_events IS 'Differences between a snapshot (version) and the one before it, and what became of each.';
COMMENT ON COLUMN data.drift_events.field IS 'The field as it was called before; of an added one its name. NULL for a whole table.';
COMMENT ON COLUMN data.drift_events.new_field IS 'What a renamed field is called now.';
COMMENT ON COLUMN data.drift_events.confidence IS 'How sure the kind of the difference is, from 0 to 1: a rename is always a guess.';
COMMENT ON COLUMN data.drift_events.status IS
    'detected: nothing mapped is touched; auto_repaired: the mapping was changed by itself; queued: a person is asked; repaired, rejected: that person''s answer; ignored: set aside.';
CREATE INDEX drift_events_created_at_idx ON data.drift_events (tenant_id, created_at DESC);
CREATE INDEX drift_events_connection_id_idx ON data.drift_events (tenant_id, connection_id, created_at DESC);

-- Records of a tenant's own kinds ------------------------------------------------------------------------------------

CREATE TABLE data.record_types (
    tenant_id   uuid        NOT NULL DEFAULT auth.tenant_id(),
    record_type text        NOT NULL,
    title       text        NOT NULL,
    fields      jsonb       NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT record_types_pkey              PRIMARY KEY (tenant_id, record_type),
    CONSTRAINT record_types_tenant_id_fkey    FOREIGN KEY (tenant_id) REFERENCES auth.tenants (tenant_id),
    CONSTRAINT record_types_record_type_check CHECK (record_type ~ '^[a-z][a-z0-9_]{0,39}$'),
    CONSTRAINT record_types_title_check       CHECK (char_length(title) BETWEEN 1 AND 200),
    CONSTRAINT record_types_fields_check      CHECK (jsonb_typeof(fields) = 'array')
);
COMMENT ON TABLE data.record_types IS 'Kinds of record that a tenant has besides the canonical entities, such as flight.';
COMMENT ON COLUMN data.record_types.fields IS
    '[{field, data_type, is_required}] with data_type one of text, numeric, boolean, date, timestamptz, json.';
COMMENT ON CONSTRAINT record_types_record_type_check ON data.record_types IS
    'A kind of record is lower-case letters, digits and underscores, 40 at most.';

CREATE TABLE data.records (
    tenant_id            uuid        NOT NULL DEFAULT auth.tenant_id(),
    record_type          text        NOT NULL,
    source_connection_id uuid        NOT NULL,
    source_key           text        NOT NULL,
    record_id            text        NOT NULL,
    fields               jsonb       NOT NULL,
    source_system        text        NOT NULL,
    source_relation      text        NOT NULL,
    source_removed_at    timestamptz,
    sync_run_id          uuid,
    created_at           timestamptz NOT NULL DEFAULT now(),
    updated_at           timestamptz NOT NULL DEFAULT now(),
    synced_at            timestamptz,

    CONSTRAINT records_pkey                      PRIMARY KEY (tenant_id, record_type, source_connection_id, source_key),
    CONSTRAINT records_record_type_fkey          FOREIGN KEY (tenant_id, record_type)
        REFERENCES data.record_types (tenant_id, record_type),
    CONSTRAINT records_source_connection_id_fkey FOREIGN KEY (tenant_id, source_connection_id)
        REFERENCES data.connections (tenant_id, connection_id),
    CONSTRAINT records_fields_check              CHECK (jsonb_typeof(fields) = 'object')
);
COMMENT ON TABLE data.records IS 'Records of a tenant''s own kinds, one row for each row of a source.';
COMMENT ON COLUMN data.records.fields IS 'The mapped fields, in the JSON type of each field''s data type; a field without a value is left out.';
COMMENT ON COLUMN data.records.source_removed_at IS 'When the source first lacked the row; NULL while it is there.';

-- A mapping feeds a canonical entity, or, as entity record, a kind of record of the tenant's own.
ALTER TABLE data.entity_fields
    DROP CONSTRAINT entity_fields_data_type_check,
    ADD  CONSTRAINT entity_fields_data_type_check CHECK (
        data_type IN ('text', 'numeric', 'fraction', 'boolean', 'date', 'timestamptz', 'json')
    );
INSERT INTO data.entities (entity, relation_name, id_column, id_prefix) VALUES ('record', 'records', 'record_id', 'REC');

ALTER TABLE data.mappings
    ADD COLUMN record_type text,
    ADD CONSTRAINT mappings_record_type_fkey  FOREIGN KEY (tenant_id, record_type)
        REFERENCES data.record_types (tenant_id, record_type),
    ADD CONSTRAINT mappings_record_type_check CHECK ((entity = 'record') = (record_type IS NOT NULL)),
    DROP CONSTRAINT mappings_entity_key,
    ADD CONSTRAINT mappings_entity_key        UNIQUE NULLS NOT DISTINCT (tenant_id, connection_id, entity, record_type);
COMMENT ON COLUMN data.mappings.record_type IS 'Which of the tenant''s own kinds of record is fed, if the entity is record.';
COMMENT ON CONSTRAINT mappings_entity_key ON data.mappings IS 'This connection already feeds this entity.';

-- What all of them have alike ----------------------------------------------------------------------------------------

SELECT core.tenant_table('data.source_relations');
SELECT core.tenant_table('data.source_rows');
SELECT core.tenant_table('data.schema_snapshots');
SELECT core.tenant_table('data.drift_events');
SELECT core.tenant_table('data.record_types');
SELECT core.audit_table('data.record_types');
SELECT data.entity_table('record');
