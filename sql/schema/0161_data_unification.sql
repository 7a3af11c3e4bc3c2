-- Unification: which contacts of all sources are one person, and what is known of that person.

-- Row-level security lets an index be used only by comparisons that cannot leak, so the compared form is a column.
ALTER TABLE data.contacts
    ADD COLUMN email_key text GENERATED ALWAYS AS (data.normal_email(email)) STORED;
COMMENT ON COLUMN data.contacts.email_key IS
    'The e-mail address in the form in which it is compared; NULL if it is none. Contacts that share it are one person.';
DROP INDEX data.contacts_email_idx;
CREATE INDEX contacts_email_key_idx ON data.contacts (tenant_id, email_key) WHERE email_key IS NOT NULL;

-- One for each address, so its id and its contents follow from the contacts that have it, whatever happened before.
CREATE TABLE data.golden_contacts (
    tenant_id         uuid        NOT NULL DEFAULT auth.tenant_id(),
    golden_contact_id text        NOT NULL,
    email             text        NOT NULL,
    account_id        text,
    first_name        text,
    last_name         text,
    phone             text,
    title             text,
    owner_id          text,
    field_sources     jsonb       NOT NULL,
    source_systems    text[]      NOT NULL,
    contact_count     int         NOT NULL,
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL,
    unified_at        timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT golden_contacts_pkey                PRIMARY KEY (tenant_id, golden_contact_id),
    CONSTRAINT golden_contacts_tenant_id_fkey      FOREIGN KEY (tenant_id) REFERENCES auth.tenants (tenant_id),
    CONSTRAINT golden_contacts_email_key           UNIQUE (tenant_id, email),
    CONSTRAINT golden_contacts_contact_count_check CHECK (contact_count >= 1),
    CONSTRAINT golden_contacts_field_sources_check CHECK (jsonb_typeof(field_sources) = 'object')
);
COMMENT ON TABLE data.golden_contacts IS
    'People: one row for each e-mail address, made of the contacts of all sources that have it. Written by data.unify() alone.';
COMMENT ON COLUMN data.golden_contacts.email IS 'The address, as data.normal_email() writes it.';
COMMENT ON COLUMN data.golden_contacts.field_sources IS 'Of each field that has a value, the contact it was taken from: {field: contact_id}.';
COMMENT ON COLUMN data.golden_contacts.created_at IS 'When the first of its contacts was recorded by a source.';
COMMENT ON COLUMN data.golden_contacts.updated_at IS 'When the last of its contacts was changed by a source.';
COMMENT ON COLUMN data.golden_contacts.unified_at IS 'When the row was last written; a run that changes nothing does not write it.';
CREATE INDEX golden_contacts_created_at_idx ON data.golden_contacts (tenant_id, created_at DESC, golden_contact_id);

-- No foreign key to the contact: a contact may go at any time, and its link goes with the next run.
CREATE TABLE data.contact_links (
    tenant_id         uuid        NOT NULL DEFAULT auth.tenant_id(),
    contact_id        text        NOT NULL,
    golden_contact_id text        NOT NULL,
    linked_at         timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT contact_links_pkey                   PRIMARY KEY (tenant_id, contact_id),
    CONSTRAINT contact_links_golden_contact_id_fkey FOREIGN KEY (tenant_id, golden_contact_id)
        REFERENCES data.golden_contacts (tenant_id, golden_contact_id)
);
COMMENT ON TABLE data.contact_links IS 'Which golden contact a contact belongs to. A contact without an address belongs to none.';
CREATE INDEX contact_links_golden_contact_id_idx ON data.contact_links (tenant_id, golden_contact_id);

CREATE TABLE data.source_priorities (
    tenant_id     uuid NOT NULL DEFAULT auth.tenant_id(),
    source_system text NOT NULL,
    priority      int  NOT NULL,

    CONSTRAINT source_priorities_pkey                PRIMARY KEY (tenant_id, source_system),
    CONSTRAINT source_priorities_tenant_id_fkey      FOREIGN KEY (tenant_id) REFERENCES auth.tenants (tenant_id),
    CONSTRAINT source_priorities_source_system_check CHECK (source_system ~ '^[a-z][a-z0-9_]{0,39}$'),
    CONSTRAINT source_priorities_priority_check      CHECK (priority BETWEEN 1 AND 1000)
);
COMMENT ON TABLE data.source_priorities IS
    'Whose values survive when contacts become one: the lowest number first. A source without a row comes behind all that have one.';

-- One row for each tenant, locked by whoever unifies, so that two never do at once.
CREATE TABLE data.unifications (
    tenant_id            uuid        NOT NULL DEFAULT auth.tenant_id(),
    golden_contact_count bigint      NOT NULL DEFAULT 0,
    link_count           bigint      NOT NULL DEFAULT 0,
    last_run_at          timestamptz,

    CONSTRAINT unifications_pkey           PRIMARY KEY (tenant_id),
    CONSTRAINT unifications_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES auth.tenants (tenant_id)
);
COMMENT ON TABLE data.unifications IS 'What the unification of a tenant''s contacts has come to.';

-- Rows are only added and removed, never changed, so writers of contacts do not wait for one another.
CREATE TABLE data.contact_changes (
    tenant_id uuid   NOT NULL,
    change_id bigint GENERATED ALWAYS AS IDENTITY,
    emails    text[] NOT NULL,

    CONSTRAINT contact_changes_pkey PRIMARY KEY (tenant_id, change_id)
);
COMMENT ON TABLE data.contact_changes IS
    'Addresses whose contacts changed since they were last unified. Written in the transaction of the change, removed in that of the run.';

SELECT core.tenant_table('data.golden_contacts');
SELECT core.tenant_table('data.contact_links');
SELECT core.tenant_table('data.source_priorities');
SELECT core.tenant_table('data.unifications');
SELECT core.audit_table('data.source_priorities');

-- A maintenance script may write contacts of several tenants at once, and a schedule looks for the tenants that wait.
ALTER TABLE data.contact_changes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY contact_changes_owner ON data.contact_changes TO pgserver_owner USING (true) WITH CHECK (true);
