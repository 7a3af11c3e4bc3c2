-- Canonical records, and how many there are.

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
