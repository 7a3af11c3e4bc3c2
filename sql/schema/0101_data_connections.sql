-- Domain `data`: where records come from (connections, mappings, runs) and what they become (accounts, contacts,
-- opportunities). Every record says which row of which source it was made from.

COMMENT ON SCHEMA data IS 'Connections to sources, how their rows are mapped, and the canonical records made of them.';

-- What can be connected ----------------------------------------------------------------------------------------------

CREATE TABLE data.connection_types (
    connection_type      text   NOT NULL,
    title                text   NOT NULL,
    capabilities         text[] NOT NULL,
    configuration_schema jsonb  NOT NULL,

    CONSTRAINT connection_types_pkey                       PRIMARY KEY (connection_type),
    CONSTRAINT connection_types_connection_type_check      CHECK (connection_type ~ '^[a-z][a-z0-9_]{0,39}$'),
    CONSTRAINT connection_types_capabilities_check         CHECK (
        capabilities <@ ARRAY['test', 'discover', 'read', 'write', 'push', 'health']
    ),
    CONSTRAINT connection_types_configuration_schema_check CHECK (jsonb_typeof(configuration_schema) = 'object')
);
COMMENT ON TABLE data.connection_types IS 'Kinds of source this server can connect to. The same for every tenant.';
GRANT SELECT ON data.connection_types TO member, worker;

INSERT INTO data.connection_types (connection_type, title, capabilities, configuration_schema)
VALUES (
    'postgres',
    'PostgreSQL',
    ARRAY['test', 'discover', 'read', 'health'],
    '{
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "required": ["host", "database", "user"],
        "additionalProperties": false,
        "properties": {
            "host":          {"type": "string", "minLength": 1, "maxLength": 253},
            "port":          {"type": "integer", "minimum": 1, "maximum": 65535, "default": 5432},
            "database":      {"type": "string", "minLength": 1, "maxLength": 63},
            "schema":        {"type": "string", "minLength": 1, "maxLength": 63, "default": "public"},
            "user":          {"type": "string", "minLength": 1, "maxLength": 63},
            "sslmode":       {"enum": ["disable", "prefer", "require", "verify-ca", "verify-full"], "default": "require"},
            "source_system": {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$", "default": "postgres"}
        }
    }'
);

CREATE TABLE data.entities (
    entity        text NOT NULL,
    relation_name text NOT NULL,
    id_column     text NOT NULL,
    id_prefix     text NOT NULL,

    CONSTRAINT entities_pkey              PRIMARY KEY (entity),
    CONSTRAINT entities_relation_name_key UNIQUE (relation_name)
);
COMMENT ON TABLE data.entities IS 'Canonical entities: which table of this schema holds one, and how its ids begin.';
GRANT SELECT ON data.entities TO member, worker;

CREATE TABLE data.entity_fields (
    entity            text    NOT NULL,
    field             text    NOT NULL,
    data_type         text    NOT NULL,
    is_required       boolean NOT NULL DEFAULT false,
    referenced_entity text,
    description       text    NOT NULL,

    CONSTRAINT entity_fields_pkey                   PRIMARY KEY (entity, field),
    CONSTRAINT entity_fields_entity_fkey            FOREIGN KEY (entity) REFERENCES data.entities (entity),
    CONSTRAINT entity_fields_referenced_entity_fkey FOREIGN KEY (referenced_entity) REFERENCES data.entities (entity),
    CONSTRAINT entity_fields_data_type_check        CHECK (
        data_type IN ('text', 'numeric', 'fraction', 'date', 'timestamptz')
    )
);
COMMENT ON TABLE data.entity_fields IS 'Fields of a canonical entity that a mapping may fill. A fraction is a number from 0 to 1.';
GRANT SELECT ON data.entity_fields TO member, worker;

INSERT INTO data.entities (entity, relation_name, id_column, id_prefix)
VALUES
    ('account',     'accounts',      'account_id',     'ACC'),
    ('contact',     'contacts',      'contact_id',     'CON'),
    ('opportunity', 'opportunities', 'opportunity_id', 'OPP');

INSERT INTO data.entity_fields (entity, field, data_type, is_required, referenced_entity, description)
VALUES
    ('account',     'name',        'text',        true,  NULL,      'Name of the company.'),
    ('account',     'type',        'text',        false, NULL,      'What the company is to the tenant, such as customer.'),
    ('account',     'industry',    'text',        false, NULL,      'Line of business.'),
    ('account',     'owner_id',    'text',        false, NULL,      'Who looks after it, as the source names that person.'),
    ('account',     'status',      'text',        false, NULL,      'State of the relation, such as active.'),
    ('account',     'created_at',  'timestamptz', false, NULL,      'When the source recorded it.'),
    ('account',     'updated_at',  'timestamptz', false, NULL,      'When the source changed it last.'),
    ('contact',     'account_id',  'text',        false, 'account', 'Company the person belongs to.'),
    ('contact',     'email',       'text',        false, NULL,      'E-mail address.'),
    ('contact',     'first_name',  'text',        false, NULL,      'Given name.'),
    ('contact',     'last_name',   'text',        false, NULL,      'Family name.'),
    ('contact',     'phone',       'text',        false, NULL,      'Telephone number, as the source writes it.'),
    ('contact',     'title',       'text',        false, NULL,      'Position in the company.'),
    ('contact',     'owner_id',    'text',        false, NULL,      'Who looks after it, as the source names that person.'),
    ('contact',     'created_at',  'timestamptz', false, NULL,      'When the source recorded it.'),
    ('contact',     'updated_at',  'timestamptz', false, NULL,      'When the source changed it last.'),
    ('opportunity', 'account_id',  'text',        false, 'account', 'Company that may buy.'),
    ('opportunity', 'name',        'text',        true,  NULL,      'Name of the deal.'),
    ('opportunity', 'stage',       'text',        false, NULL,      'Step of the sale, such as Proposal.'),
    ('opportunity', 'amount',      'numeric',     false, NULL,      'Worth of the deal, in units of its currency.'),
    ('opportunity', 'currency',    'text',        false, NULL,      'ISO 4217 code of the amount''s currency.'),
    ('opportunity', 'close_date',  'date',        false, NULL,      'Day the deal is expected to be decided.'),
    ('opportunity', 'owner_id',    'text',        false, NULL,      'Who looks after it, as the source names that person.'),
    ('opportunity', 'probability', 'fraction',    false, NULL,      'Expected chance of winning, from 0 to 1.'),
    ('opportunity', 'created_at',  'timestamptz', false, NULL,      'When the source recorded it.'),
    ('opportunity', 'updated_at',  'timestamptz', false, NULL,      'When the source changed it last.');

-- Connections --------------------------------------------------------------------------------------------------------

CREATE TABLE data.connections (
    tenant_id         uuid        NOT NULL DEFAULT auth.tenant_id(),
    connection_id     uuid        NOT NULL DEFAULT gen_random_uuid(),
    slug              text        NOT NULL,
    name              text        NOT NULL,
    connection_type   text        NOT NULL,
    source_system     text        NOT NULL,
    configuration     jsonb       NOT NULL DEFAULT '{}',
    status            text        NOT NULL DEFAULT 'PENDING',
    health            text        NOT NULL DEFAULT 'unknown',
    health_checked_at timestamptz,
    last_error        text,
    last_discovery_at timestamptz,
    last_sync_status  text,
    last_sync_records bigint,
    last_sync_bytes   bigint,
    last_sync_at      timestamptz,
    created_at        timestamptz NOT NULL DEFAULT now(),
    updated_at        timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT connections_pkey                   PRIMARY KEY (tenant_id, connection_id),
    CONSTRAINT connections_tenant_id_fkey         FOREIGN KEY (tenant_id) REFERENCES auth.tenants (tenant_id),
    CONSTRAINT connections_connection_type_fkey   FOREIGN KEY (connection_type)
        REFERENCES data.connection_types (connection_type),
    CONSTRAINT connections_slug_key               UNIQUE (tenant_id, slug),
    CONSTRAINT connections_name_check             CHECK (char_length(name) BETWEEN 1 AND 200),
    CONSTRAINT connections_slug_check             CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND char_length(slug) <= 80),
    CONSTRAINT connections_source_system_check    CHECK (source_system ~ '^[a-z][a-z0-9_]{0,39}$'),
    CONSTRAINT connections_configuration_check    CHECK (
        jsonb_typeof(configuration) = 'object' AND NOT configuration ?| ARRAY['password', 'secret', 'token']
    ),
    CONSTRAINT connections_status_check           CHECK (status IN ('PENDING', 'ACTIVE', 'FAILED', 'DISCONNECTED')),
    CONSTRAINT connections_health_check           CHECK (health IN ('unknown', 'healthy', 'degraded', 'unhealthy')),
    CONSTRAINT connections_last_sync_status_check CHECK (last_sync_status IN ('succeeded', 'partial', 'failed'))
);
COMMENT ON TABLE data.connections IS
    'One row for each source a tenant connected. Holds no secret. A disconnected source keeps its row, for its records name it.';
COMMENT ON CONSTRAINT connections_slug_key ON data.connections IS 'A connection of this name already exists.';
COMMENT ON CONSTRAINT connections_name_check ON data.connections IS 'The name must have 1 to 200 characters.';
COMMENT ON CONSTRAINT connections_slug_check ON data.connections IS 'The name must contain a letter or digit.';
COMMENT ON CONSTRAINT connections_source_system_check ON data.connections IS
    'The source system is lower-case letters, digits and underscores, 40 at most.';

-- The foreign data wrapper reads a password in clear from pg_user_mapping, and a key to encrypt this copy with would
-- lie in the same database; so these are guarded by privileges, and at rest by the volume's encryption.
CREATE TABLE data.connection_secrets (
    tenant_id     uuid        NOT NULL DEFAULT auth.tenant_id(),
    connection_id uuid        NOT NULL,
    name          text        NOT NULL,
    secret        text        NOT NULL,
    changed_at    timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT connection_secrets_pkey               PRIMARY KEY (tenant_id, connection_id, name),
    CONSTRAINT connection_secrets_connection_id_fkey FOREIGN KEY (tenant_id, connection_id)
        REFERENCES data.connections (tenant_id, connection_id) ON DELETE CASCADE,
    CONSTRAINT connection_secrets_secret_check       CHECK (char_length(secret) BETWEEN 1 AND 4000)
);
COMMENT ON TABLE data.connection_secrets IS 'Credentials of connections. No role but the owner may read it; never audited, never logged.';

-- Mappings -----------------------------------------------------------------------------------------------------------

CREATE TABLE data.mappings (
    tenant_id          uuid        NOT NULL DEFAULT auth.tenant_id(),
    mapping_id         uuid        NOT NULL DEFAULT gen_random_uuid(),
    connection_id      uuid        NOT NULL,
    entity             text        NOT NULL,
    source_relation    text        NOT NULL,
    key_column         text        NOT NULL,
    cursor_column      text,
    cursor_lag_seconds int         NOT NULL DEFAULT 60,
    keeps_extras       boolean     NOT NULL DEFAULT true,
    on_removal         text        NOT NULL DEFAULT 'keep',
    status             text        NOT NULL DEFAULT 'active',
    source_columns     jsonb       NOT NULL,
    cursor_value       text,
    cursor_key         text,
    is_resuming        boolean     NOT NULL DEFAULT false,
    created_at         timestamptz NOT NULL DEFAULT now(),
    updated_at         timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT mappings_pkey                     PRIMARY KEY (tenant_id, mapping_id),
    CONSTRAINT mappings_connection_id_fkey       FOREIGN KEY (tenant_id, connection_id)
        REFERENCES data.connections (tenant_id, connection_id),
    CONSTRAINT mappings_entity_fkey              FOREIGN KEY (entity) REFERENCES data.entities (entity),
    CONSTRAINT mappings_entity_key               UNIQUE (tenant_id, connection_id, entity),
    CONSTRAINT mappings_cursor_lag_seconds_check CHECK (cursor_lag_seconds BETWEEN 0 AND 86400),
    CONSTRAINT mappings_status_check             CHECK (status IN ('active', 'paused')),
    CONSTRAINT mappings_on_removal_check         CHECK (
        on_removal = 'keep' OR on_removal IN ('mark', 'delete') AND cursor_column IS NULL
    ),
    CONSTRAINT mappings_source_columns_check     CHECK (jsonb_typeof(source_columns) = 'array')
);
COMMENT ON TABLE data.mappings IS
    'How one relation of a source becomes one canonical entity, and how far it has been read (cursor_value, cursor_key).';
COMMENT ON COLUMN data.mappings.cursor_column IS
    'Column that grows with each change; NULL reads the whole relation each time, which alone can notice removed rows.';
COMMENT ON COLUMN data.mappings.cursor_lag_seconds IS
    'How far before the last seen time a run begins, for rows that the source committed late.';
COMMENT ON COLUMN data.mappings.is_resuming IS 'The last run stopped at its row limit; the next goes on exactly behind it.';
COMMENT ON CONSTRAINT mappings_entity_key ON data.mappings IS 'This connection already feeds this entity.';
COMMENT ON CONSTRAINT mappings_on_removal_check ON data.mappings IS
    'Removed rows can be marked or deleted only if the whole relation is read each time.';

CREATE TABLE data.mapping_fields (
    tenant_id       uuid         NOT NULL DEFAULT auth.tenant_id(),
    mapping_id      uuid         NOT NULL,
    canonical_field text         NOT NULL,
    vendor_field    text         NOT NULL,
    coercion        jsonb,
    confidence      numeric(4,3) NOT NULL DEFAULT 1,

    CONSTRAINT mapping_fields_pkey             PRIMARY KEY (tenant_id, mapping_id, canonical_field),
    CONSTRAINT mapping_fields_mapping_id_fkey  FOREIGN KEY (tenant_id, mapping_id)
        REFERENCES data.mappings (tenant_id, mapping_id) ON DELETE CASCADE,
    CONSTRAINT mapping_fields_confidence_check CHECK (confidence BETWEEN 0 AND 1)
);
COMMENT ON TABLE data.mapping_fields IS
    'Which column of the source fills which canonical field. A coercion is a name such as "lowercase", a map such as {"a": "b"}, or a list of both.';

-- Runs ---------------------------------------------------------------------------------------------------------------

CREATE TABLE data.sync_runs (
    tenant_id      uuid        NOT NULL DEFAULT auth.tenant_id(),
    sync_run_id    uuid        NOT NULL DEFAULT gen_random_uuid(),
    connection_id  uuid        NOT NULL,
    mapping_id     uuid        NOT NULL,
    entity         text        NOT NULL,
    status         text        NOT NULL DEFAULT 'running',
    started_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at    timestamptz,
    rows_read      bigint      NOT NULL DEFAULT 0,
    rows_inserted  bigint      NOT NULL DEFAULT 0,
    rows_updated   bigint      NOT NULL DEFAULT 0,
    rows_unchanged bigint      NOT NULL DEFAULT 0,
    rows_rejected  bigint      NOT NULL DEFAULT 0,
    rows_removed   bigint      NOT NULL DEFAULT 0,
    bytes_read     bigint      NOT NULL DEFAULT 0,
    cursor_before  text,
    cursor_after   text,
    error_code     text,
    error          text,

    CONSTRAINT sync_runs_pkey               PRIMARY KEY (tenant_id, sync_run_id),
    CONSTRAINT sync_runs_connection_id_fkey FOREIGN KEY (tenant_id, connection_id)
        REFERENCES data.connections (tenant_id, connection_id) ON DELETE CASCADE,
    CONSTRAINT sync_runs_status_check       CHECK (status IN ('running', 'succeeded', 'partial', 'failed')),
    CONSTRAINT sync_runs_rows_check         CHECK (
        rows_read = rows_inserted + rows_updated + rows_unchanged + rows_rejected
    )
);
COMMENT ON TABLE data.sync_runs IS
    'One row for each time a mapping was read. Committed together with the records and the cursor, also if the source failed midway.';
CREATE INDEX sync_runs_started_at_idx ON data.sync_runs (tenant_id, connection_id, started_at DESC);

CREATE TABLE data.sync_rejects (
    tenant_id     uuid        NOT NULL DEFAULT auth.tenant_id(),
    mapping_id    uuid        NOT NULL,
    reject_key    text        NOT NULL,
    source_key    text,
    sync_run_id   uuid        NOT NULL,
    faults        jsonb       NOT NULL,
    source_row    jsonb       NOT NULL,
    first_seen_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at  timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT sync_rejects_pkey            PRIMARY KEY (tenant_id, mapping_id, reject_key),
    CONSTRAINT sync_rejects_mapping_id_fkey FOREIGN KEY (tenant_id, mapping_id)
        REFERENCES data.mappings (tenant_id, mapping_id) ON DELETE CASCADE,
    CONSTRAINT sync_rejects_faults_check    CHECK (jsonb_typeof(faults) = 'array')
);
COMMENT ON TABLE data.sync_rejects IS
    'Rows of a source that could not become records, with the reasons. A row leaves when it is read again and passes.';
