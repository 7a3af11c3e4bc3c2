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

-- Canonical records --------------------------------------------------------------------------------------------------

-- A record's JSON is built once, when it is written: lists are read far more often, and building it costs them more
-- than everything else together. to_char is STABLE only for the sake of formats that depend on the locale.

CREATE FUNCTION data.account_document(
    account_id text, name text, type text, industry text, owner_id text, status text, external_ids jsonb, extras jsonb,
    source_system text, source_connection_id uuid, created_at timestamptz, updated_at timestamptz,
    synced_at timestamptz)
RETURNS json LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER SET search_path = ''
AS $$
BEGIN
    RETURN row_to_json(d)
    FROM (
        SELECT
            account_document.account_id,
            account_document.name,
            account_document.type,
            account_document.industry,
            account_document.owner_id,
            account_document.status,
            account_document.external_ids,
            account_document.extras,
            account_document.source_system,
            account_document.source_connection_id,
            to_char(account_document.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS created_at,
            to_char(account_document.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS updated_at,
            to_char(account_document.synced_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS synced_at
    ) AS d;
END;
$$;
COMMENT ON FUNCTION data.account_document(
    text, text, text, text, text, text, jsonb, jsonb, text, uuid, timestamptz, timestamptz, timestamptz) IS
    'An account as lists show it.';

CREATE FUNCTION data.opportunity_document(
    opportunity_id text, account_id text, name text, stage text, amount numeric, currency text, close_date date,
    owner_id text, probability numeric, extras jsonb, source_system text, source_connection_id uuid,
    created_at timestamptz, updated_at timestamptz, synced_at timestamptz)
RETURNS json LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER SET search_path = ''
AS $$
BEGIN
    RETURN row_to_json(d)
    FROM (
        SELECT
            opportunity_document.opportunity_id,
            opportunity_document.account_id,
            opportunity_document.name,
            opportunity_document.stage,
            opportunity_document.amount,
            opportunity_document.currency,
            to_char(opportunity_document.close_date::timestamp, 'YYYY-MM-DD') AS close_date,
            opportunity_document.owner_id,
            opportunity_document.probability,
            opportunity_document.extras,
            opportunity_document.source_system,
            opportunity_document.source_connection_id,
            to_char(opportunity_document.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS created_at,
            to_char(opportunity_document.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS updated_at,
            to_char(opportunity_document.synced_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS synced_at
    ) AS d;
END;
$$;
COMMENT ON FUNCTION data.opportunity_document(
    text, text, text, text, numeric, text, date, text, numeric, jsonb, text, uuid, timestamptz, timestamptz,
    timestamptz) IS 'An opportunity as lists show it.';

CREATE TABLE data.accounts (
    tenant_id            uuid        NOT NULL DEFAULT auth.tenant_id(),
    account_id           text        NOT NULL DEFAULT 'ACC-' || gen_random_uuid(),
    name                 text        NOT NULL,
    type                 text,
    industry             text,
    owner_id             text,
    status               text,
    external_ids         jsonb       NOT NULL DEFAULT '{}',
    extras               jsonb       NOT NULL DEFAULT '{}',
    source_system        text        NOT NULL DEFAULT 'system',
    source_connection_id uuid,
    source_relation      text,
    source_key           text,
    source_removed_at    timestamptz,
    sync_run_id          uuid,
    created_at           timestamptz NOT NULL DEFAULT now(),
    updated_at           timestamptz NOT NULL DEFAULT now(),
    synced_at            timestamptz,
    document             json        NOT NULL GENERATED ALWAYS AS (data.account_document(
        account_id, name, type, industry, owner_id, status, external_ids, extras, source_system, source_connection_id,
        created_at, updated_at, synced_at)) STORED,

    CONSTRAINT accounts_pkey                      PRIMARY KEY (tenant_id, account_id),
    CONSTRAINT accounts_tenant_id_fkey            FOREIGN KEY (tenant_id) REFERENCES auth.tenants (tenant_id),
    CONSTRAINT accounts_source_connection_id_fkey FOREIGN KEY (tenant_id, source_connection_id)
        REFERENCES data.connections (tenant_id, connection_id),
    CONSTRAINT accounts_source_key                UNIQUE (tenant_id, source_connection_id, source_key),
    CONSTRAINT accounts_source_check              CHECK (num_nulls(source_connection_id, source_relation, source_key) IN (0, 3)),
    CONSTRAINT accounts_external_ids_check        CHECK (jsonb_typeof(external_ids) = 'object'),
    CONSTRAINT accounts_extras_check              CHECK (jsonb_typeof(extras) = 'object')
);
COMMENT ON TABLE data.accounts IS 'Companies, one row for each row of a source. Newest first is the order lists show.';
COMMENT ON COLUMN data.accounts.document IS 'The record as lists show it, built when it is written.';
COMMENT ON COLUMN data.accounts.synced_at IS 'When a sync last wrote the row; an unchanged row is not written again.';
COMMENT ON COLUMN data.accounts.source_removed_at IS 'When a full comparison first missed the row in its source; NULL while it is there.';
CREATE INDEX accounts_created_at_idx ON data.accounts (tenant_id, created_at DESC, account_id);

-- The account of a contact or an opportunity is no foreign key: its id follows from the source's own key, so a source
-- that lists a deal before its company, or without it, is not stopped.
CREATE TABLE data.contacts (
    tenant_id            uuid        NOT NULL DEFAULT auth.tenant_id(),
    contact_id           text        NOT NULL DEFAULT 'CON-' || gen_random_uuid(),
    account_id           text,
    email                text,
    first_name           text,
    last_name            text,
    phone                text,
    title                text,
    owner_id             text,
    external_ids         jsonb       NOT NULL DEFAULT '{}',
    extras               jsonb       NOT NULL DEFAULT '{}',
    source_system        text        NOT NULL DEFAULT 'system',
    source_connection_id uuid,
    source_relation      text,
    source_key           text,
    source_removed_at    timestamptz,
    sync_run_id          uuid,
    created_at           timestamptz NOT NULL DEFAULT now(),
    updated_at           timestamptz NOT NULL DEFAULT now(),
    synced_at            timestamptz,

    CONSTRAINT contacts_pkey                      PRIMARY KEY (tenant_id, contact_id),
    CONSTRAINT contacts_tenant_id_fkey            FOREIGN KEY (tenant_id) REFERENCES auth.tenants (tenant_id),
    CONSTRAINT contacts_source_connection_id_fkey FOREIGN KEY (tenant_id, source_connection_id)
        REFERENCES data.connections (tenant_id, connection_id),
    CONSTRAINT contacts_source_key                UNIQUE (tenant_id, source_connection_id, source_key),
    CONSTRAINT contacts_source_check              CHECK (num_nulls(source_connection_id, source_relation, source_key) IN (0, 3)),
    CONSTRAINT contacts_external_ids_check        CHECK (jsonb_typeof(external_ids) = 'object'),
    CONSTRAINT contacts_extras_check              CHECK (jsonb_typeof(extras) = 'object')
);
COMMENT ON TABLE data.contacts IS 'People, one row for each row of a source; unification links them, it does not merge rows.';
COMMENT ON COLUMN data.contacts.synced_at IS 'When a sync last wrote the row; an unchanged row is not written again.';
CREATE INDEX contacts_created_at_idx ON data.contacts (tenant_id, created_at DESC, contact_id);
CREATE INDEX contacts_email_idx ON data.contacts (tenant_id, lower(email)) WHERE email IS NOT NULL;
CREATE INDEX contacts_account_id_idx ON data.contacts (tenant_id, account_id) WHERE account_id IS NOT NULL;

CREATE TABLE data.opportunities (
    tenant_id            uuid        NOT NULL DEFAULT auth.tenant_id(),
    opportunity_id       text        NOT NULL DEFAULT 'OPP-' || gen_random_uuid(),
    account_id           text,
    name                 text        NOT NULL,
    stage                text,
    amount               numeric,
    currency             text,
    close_date           date,
    owner_id             text,
    probability          numeric,
    external_ids         jsonb       NOT NULL DEFAULT '{}',
    extras               jsonb       NOT NULL DEFAULT '{}',
    source_system        text        NOT NULL DEFAULT 'system',
    source_connection_id uuid,
    source_relation      text,
    source_key           text,
    source_removed_at    timestamptz,
    sync_run_id          uuid,
    created_at           timestamptz NOT NULL DEFAULT now(),
    updated_at           timestamptz NOT NULL DEFAULT now(),
    synced_at            timestamptz,
    document             json        NOT NULL GENERATED ALWAYS AS (data.opportunity_document(
        opportunity_id, account_id, name, stage, amount, currency, close_date, owner_id, probability, extras,
        source_system, source_connection_id, created_at, updated_at, synced_at)) STORED,

    CONSTRAINT opportunities_pkey                      PRIMARY KEY (tenant_id, opportunity_id),
    CONSTRAINT opportunities_tenant_id_fkey            FOREIGN KEY (tenant_id) REFERENCES auth.tenants (tenant_id),
    CONSTRAINT opportunities_source_connection_id_fkey FOREIGN KEY (tenant_id, source_connection_id)
        REFERENCES data.connections (tenant_id, connection_id),
    CONSTRAINT opportunities_source_key                UNIQUE (tenant_id, source_connection_id, source_key),
    CONSTRAINT opportunities_source_check              CHECK (
        num_nulls(source_connection_id, source_relation, source_key) IN (0, 3)
    ),
    CONSTRAINT opportunities_amount_check              CHECK (scale(amount) BETWEEN 1 AND 6 AND abs(amount) < 1e15),
    CONSTRAINT opportunities_probability_check         CHECK (scale(probability) BETWEEN 1 AND 6 AND probability BETWEEN 0 AND 1),
    CONSTRAINT opportunities_external_ids_check        CHECK (jsonb_typeof(external_ids) = 'object'),
    CONSTRAINT opportunities_extras_check              CHECK (jsonb_typeof(extras) = 'object')
);
COMMENT ON TABLE data.opportunities IS 'Deals, one row for each row of a source. Newest first is the order lists show.';
COMMENT ON COLUMN data.opportunities.amount IS
    'In units of the currency. Kept with its shortest fraction of one to six digits (50000.0), which is how lists print it.';
COMMENT ON COLUMN data.opportunities.probability IS 'From 0 to 1, kept as amount is.';
COMMENT ON COLUMN data.opportunities.document IS 'The record as lists show it, built when it is written.';
COMMENT ON COLUMN data.opportunities.synced_at IS 'When a sync last wrote the row; an unchanged row is not written again.';
COMMENT ON CONSTRAINT opportunities_amount_check ON data.opportunities IS
    'An amount has one to six decimal places and at most fifteen digits before them.';
COMMENT ON CONSTRAINT opportunities_probability_check ON data.opportunities IS 'A probability lies between 0 and 1.';
CREATE INDEX opportunities_created_at_idx ON data.opportunities (tenant_id, created_at DESC, opportunity_id);
CREATE INDEX opportunities_account_id_idx ON data.opportunities (tenant_id, account_id) WHERE account_id IS NOT NULL;

-- Totals -------------------------------------------------------------------------------------------------------------

-- A total is the sum of its slots. A writer takes any slot that nobody holds, so two never wait for one another.
CREATE TABLE data.entity_counts (
    tenant_id uuid   NOT NULL,
    entity    text   NOT NULL,
    slot      int    NOT NULL,
    total     bigint NOT NULL,

    CONSTRAINT entity_counts_pkey        PRIMARY KEY (tenant_id, entity, slot),
    CONSTRAINT entity_counts_entity_fkey FOREIGN KEY (entity) REFERENCES data.entities (entity)
) WITH (fillfactor = 50);
COMMENT ON TABLE data.entity_counts IS
    'How many records of an entity a tenant has, in slots to be added up. Kept by triggers, so that a list''s total never scans.';

CREATE FUNCTION data.count_rows()
RETURNS trigger LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
-- Definer: lends every writer of a canonical table the right to keep that table's totals, of any tenant it may write.
DECLARE
    v_entity CONSTANT text := TG_ARGV[0];
    v_change record;
    v_slot   int;
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM data.entity_counts AS c WHERE c.entity = v_entity;
        RETURN NULL;
    END IF;
    FOR v_change IN EXECUTE CASE TG_OP
        WHEN 'INSERT' THEN 'SELECT tenant_id, count(*) AS total FROM new_rows GROUP BY tenant_id ORDER BY tenant_id'
        ELSE 'SELECT tenant_id, -count(*) AS total FROM old_rows GROUP BY tenant_id ORDER BY tenant_id'
    END
    LOOP
        SELECT c.slot
        INTO v_slot
        FROM data.entity_counts AS c
        WHERE c.tenant_id = v_change.tenant_id AND c.entity = v_entity
        LIMIT 1
        FOR UPDATE SKIP LOCKED;
        IF FOUND THEN
            UPDATE data.entity_counts AS c
            SET total = c.total + v_change.total
            WHERE c.tenant_id = v_change.tenant_id AND c.entity = v_entity AND c.slot = v_slot;
        ELSE
            INSERT INTO data.entity_counts AS c (tenant_id, entity, slot, total)
            VALUES (v_change.tenant_id, v_entity, pg_backend_pid(), v_change.total)
            ON CONFLICT ON CONSTRAINT entity_counts_pkey DO UPDATE SET total = c.total + EXCLUDED.total;
        END IF;
    END LOOP;
    RETURN NULL;
END;
$$;
REVOKE ALL ON FUNCTION data.count_rows() FROM PUBLIC;
COMMENT ON FUNCTION data.count_rows() IS 'Keeps data.entity_counts in step with a canonical table; the argument names the entity.';

CREATE FUNCTION data.refuse_tenant_change()
RETURNS trigger LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER SET search_path = ''
AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'PT409', MESSAGE = 'tenant_is_fixed', DETAIL = 'A record cannot move to another tenant.';
END;
$$;
REVOKE ALL ON FUNCTION data.refuse_tenant_change() FROM PUBLIC;
COMMENT ON FUNCTION data.refuse_tenant_change() IS 'Refuses a change of tenant_id, which totals and references could not follow.';

-- The same for every table of the domain -----------------------------------------------------------------------------

DO $$
DECLARE
    v_relation text;
    v_entity   data.entities;
BEGIN
    FOREACH v_relation IN ARRAY ARRAY[
        'connections', 'connection_secrets', 'mappings', 'mapping_fields', 'sync_runs', 'sync_rejects', 'accounts',
        'contacts', 'opportunities', 'entity_counts'
    ]
    LOOP
        EXECUTE format('ALTER TABLE data.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', v_relation);
        IF v_relation <> 'entity_counts' THEN
            -- The owner's functions that write for a member are held to the member's tenant like the member.
            EXECUTE format(
                'CREATE POLICY %I ON data.%I TO pgserver_owner'
                ' USING (tenant_id = (SELECT auth.tenant_id())) WITH CHECK (tenant_id = (SELECT auth.tenant_id()))',
                v_relation || '_owner', v_relation
            );
        END IF;
        IF v_relation <> 'connection_secrets' THEN
            EXECUTE format(
                'CREATE POLICY %I ON data.%I FOR SELECT TO member USING (tenant_id = (SELECT auth.tenant_id()))',
                v_relation || '_tenant', v_relation
            );
            EXECUTE format(
                'CREATE POLICY %I ON data.%I FOR SELECT TO bi_owner USING (tenant_id = (SELECT auth.bi_tenant_id()))',
                v_relation || '_bi', v_relation
            );
            EXECUTE format('GRANT SELECT ON data.%I TO member, bi_owner', v_relation);
        END IF;
        IF v_relation IN ('accounts', 'contacts', 'opportunities') THEN
            EXECUTE format('SELECT core.audit_bulk(%L)', 'data.' || v_relation);
        ELSIF v_relation IN ('connections', 'mappings', 'mapping_fields') THEN
            EXECUTE format('SELECT core.audit_table(%L)', 'data.' || v_relation);
        END IF;
    END LOOP;

    FOR v_entity IN SELECT * FROM data.entities
    LOOP
        EXECUTE format(
            'CREATE TRIGGER count_inserted AFTER INSERT ON data.%I REFERENCING NEW TABLE AS new_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION data.count_rows(%L)', v_entity.relation_name, v_entity.entity
        );
        EXECUTE format(
            'CREATE TRIGGER count_deleted AFTER DELETE ON data.%I REFERENCING OLD TABLE AS old_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION data.count_rows(%L)', v_entity.relation_name, v_entity.entity
        );
        EXECUTE format(
            'CREATE TRIGGER count_truncated AFTER TRUNCATE ON data.%I'
            ' FOR EACH STATEMENT EXECUTE FUNCTION data.count_rows(%L)', v_entity.relation_name, v_entity.entity
        );
        EXECUTE format(
            'CREATE TRIGGER refuse_tenant_change BEFORE UPDATE OF tenant_id ON data.%I FOR EACH ROW'
            ' WHEN (OLD.tenant_id IS DISTINCT FROM NEW.tenant_id) EXECUTE FUNCTION data.refuse_tenant_change()',
            v_entity.relation_name
        );
    END LOOP;
END;
$$;

-- Truncating empties the totals of every tenant, and a maintenance script may write for several at once.
CREATE POLICY entity_counts_owner ON data.entity_counts TO pgserver_owner USING (true) WITH CHECK (true);

-- A BI login is told from its siblings by what it was made for.
ALTER TABLE auth.bi_logins
    ADD COLUMN label text NOT NULL DEFAULT '',
    ADD CONSTRAINT bi_logins_label_check CHECK (char_length(label) <= 200);
COMMENT ON COLUMN auth.bi_logins.label IS 'What the login is for, in the operator''s words.';
COMMENT ON CONSTRAINT bi_logins_label_check ON auth.bi_logins IS 'A label may have at most 200 characters.';
