-- The tables of the workload, as a domain of the product would declare them. Totals are kept, not counted.

CREATE TABLE bench.accounts (
    tenant_id  uuid          NOT NULL DEFAULT auth.tenant_id(),
    account_id text          NOT NULL,
    name       text          NOT NULL,
    email      text          NOT NULL,
    status     text          NOT NULL,
    balance    numeric(14,2) NOT NULL,
    country    text          NOT NULL,
    created_at timestamptz   NOT NULL,

    CONSTRAINT accounts_pkey PRIMARY KEY (tenant_id, account_id)
);
CREATE INDEX accounts_created_at_idx ON bench.accounts (tenant_id, created_at DESC, account_id);
COMMENT ON TABLE bench.accounts IS 'One row for each account, 10 000 for each tenant.';

CREATE TABLE bench.notes (
    tenant_id  uuid        NOT NULL DEFAULT auth.tenant_id(),
    note_id    bigint      GENERATED ALWAYS AS IDENTITY,
    account_id text        NOT NULL,
    body       text        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT notes_pkey PRIMARY KEY (tenant_id, note_id)
);
CREATE INDEX notes_account_id_idx ON bench.notes (tenant_id, account_id, created_at);
COMMENT ON TABLE bench.notes IS 'One row for each note about an account.';

CREATE TABLE bench.account_totals (
    tenant_id uuid   NOT NULL,
    total     bigint NOT NULL,

    CONSTRAINT account_totals_pkey PRIMARY KEY (tenant_id)
);
COMMENT ON TABLE bench.account_totals IS 'How many accounts each tenant has.';

ALTER TABLE bench.accounts       ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE bench.notes          ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE bench.account_totals ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY accounts_tenant ON bench.accounts TO member
    USING (tenant_id = (SELECT auth.tenant_id()));
CREATE POLICY notes_tenant ON bench.notes TO member
    USING      (tenant_id = (SELECT auth.tenant_id()))
    WITH CHECK (tenant_id = (SELECT auth.tenant_id()));
CREATE POLICY account_totals_tenant ON bench.account_totals TO member
    USING (tenant_id = (SELECT auth.tenant_id()));
GRANT SELECT ON bench.accounts, bench.account_totals TO member;
GRANT SELECT, INSERT ON bench.notes TO member;
