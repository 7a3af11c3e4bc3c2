-- What the cloud and its services cost, and what they were meant to cost. Entities like any other: a connection or a push
-- feeds them through a mapping.

CREATE TABLE data.costs (
    tenant_id            uuid        NOT NULL DEFAULT auth.tenant_id(),
    cost_id              text        NOT NULL DEFAULT 'CST-' || gen_random_uuid(),
    cost_center          text,
    service              text,
    month                date        NOT NULL,
    amount               numeric     NOT NULL,
    currency             text,
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

    CONSTRAINT costs_pkey                      PRIMARY KEY (tenant_id, cost_id),
    CONSTRAINT costs_tenant_id_fkey            FOREIGN KEY (tenant_id) REFERENCES auth.tenants (tenant_id),
    CONSTRAINT costs_source_connection_id_fkey FOREIGN KEY (tenant_id, source_connection_id)
        REFERENCES data.connections (tenant_id, connection_id),
    CONSTRAINT costs_source_key                UNIQUE (tenant_id, source_connection_id, source_key),
    CONSTRAINT costs_source_check              CHECK (num_nulls(source_connection_id, source_relation, source_key) IN (0, 3)),
    CONSTRAINT costs_amount_check              CHECK (abs(amount) < 1e15),
    CONSTRAINT costs_external_ids_check        CHECK (jsonb_typeof(external_ids) = 'object'),
    CONSTRAINT costs_extras_check              CHECK (jsonb_typeof(extras) = 'object')
);
COMMENT ON TABLE data.costs IS 'Costs, one row for each line of a bill or usage report.';
COMMENT ON COLUMN data.costs.cost_center IS 'Who bears it, such as Engineering; NULL: nobody is named.';
COMMENT ON COLUMN data.costs.service IS 'What was paid for, such as Compute.';
COMMENT ON COLUMN data.costs.month IS
    'The month it belongs to, as any day of it. Daily costs keep their day, so that months to date compare like with like.';
COMMENT ON COLUMN data.costs.amount IS 'In units of the currency; a credit is negative.';
COMMENT ON COLUMN data.costs.currency IS 'ISO 4217 code; NULL counts as the currency that most of the tenant''s costs have.';
COMMENT ON COLUMN data.costs.synced_at IS 'When a sync last wrote the row; an unchanged row is not written again.';
COMMENT ON CONSTRAINT costs_amount_check ON data.costs IS 'An amount has at most fifteen digits before the point.';
CREATE INDEX costs_month_idx ON data.costs (tenant_id, month);

CREATE TABLE data.budgets (
    tenant_id            uuid        NOT NULL DEFAULT auth.tenant_id(),
    budget_id            text        NOT NULL DEFAULT 'BGT-' || gen_random_uuid(),
    cost_center          text,
    service              text,
    month                date        NOT NULL,
    amount               numeric     NOT NULL,
    currency             text,
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

    CONSTRAINT budgets_pkey                      PRIMARY KEY (tenant_id, budget_id),
    CONSTRAINT budgets_tenant_id_fkey            FOREIGN KEY (tenant_id) REFERENCES auth.tenants (tenant_id),
    CONSTRAINT budgets_source_connection_id_fkey FOREIGN KEY (tenant_id, source_connection_id)
        REFERENCES data.connections (tenant_id, connection_id),
    CONSTRAINT budgets_source_key                UNIQUE (tenant_id, source_connection_id, source_key),
    CONSTRAINT budgets_source_check              CHECK (num_nulls(source_connection_id, source_relation, source_key) IN (0, 3)),
    CONSTRAINT budgets_amount_check              CHECK (abs(amount) < 1e15),
    CONSTRAINT budgets_external_ids_check        CHECK (jsonb_typeof(external_ids) = 'object'),
    CONSTRAINT budgets_extras_check              CHECK (jsonb_typeof(extras) = 'object')
);
COMMENT ON TABLE data.budgets IS 'What may be spent in a month, one row for each line of a plan.';
COMMENT ON COLUMN data.budgets.cost_center IS 'Whose budget it is; NULL: the whole organization''s.';
COMMENT ON COLUMN data.budgets.service IS 'What it is meant for; NULL: anything.';
COMMENT ON COLUMN data.budgets.month IS 'The month it is for, as any day of it.';
COMMENT ON COLUMN data.budgets.amount IS 'For the whole month, in units of the currency.';
COMMENT ON COLUMN data.budgets.currency IS 'ISO 4217 code; NULL counts as the currency that most of the tenant''s costs have.';
COMMENT ON COLUMN data.budgets.synced_at IS 'When a sync last wrote the row; an unchanged row is not written again.';
COMMENT ON CONSTRAINT budgets_amount_check ON data.budgets IS 'An amount has at most fifteen digits before the point.';
CREATE INDEX budgets_month_idx ON data.budgets (tenant_id, month);

INSERT INTO data.entities (entity, relation_name, id_column, id_prefix)
VALUES ('cost', 'costs', 'cost_id', 'CST'), ('budget', 'budgets', 'budget_id', 'BGT');

INSERT INTO data.entity_fields (entity, field, data_type, is_required, description)
VALUES
    ('cost',   'cost_center', 'text',        false, 'Who bears the cost, such as a department.'),
    ('cost',   'service',     'text',        false, 'What was paid for, such as a product of a cloud.'),
    ('cost',   'month',       'date',        true,  'Month the cost belongs to, as any day of it; of a daily cost its day.'),
    ('cost',   'amount',      'numeric',     true,  'What it cost, in units of its currency; a credit is negative.'),
    ('cost',   'currency',    'text',        false, 'ISO 4217 code of the amount''s currency.'),
    ('cost',   'created_at',  'timestamptz', false, 'When the source recorded it.'),
    ('cost',   'updated_at',  'timestamptz', false, 'When the source changed it last.'),
    ('budget', 'cost_center', 'text',        false, 'Whose budget it is, such as a department.'),
    ('budget', 'service',     'text',        false, 'What the budget is meant for.'),
    ('budget', 'month',       'date',        true,  'Month the budget is for, as any day of it.'),
    ('budget', 'amount',      'numeric',     true,  'What may be spent in the month, in units of its currency.'),
    ('budget', 'currency',    'text',        false, 'ISO 4217 code of the amount''s currency.'),
    ('budget', 'created_at',  'timestamptz', false, 'When the source recorded it.'),
    ('budget', 'updated_at',  'timestamptz', false, 'When the source changed it last.');

SELECT data.entity_table('cost');
SELECT data.entity_table('budget');
