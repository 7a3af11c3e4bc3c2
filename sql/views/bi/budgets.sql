-- Runs as: bi_owner
CREATE OR REPLACE VIEW bi.budgets AS
SELECT
    b.budget_id,
    date_trunc('month', b.month::timestamp)::date AS month,
    b.cost_center,
    b.service,
    b.amount,
    b.currency,
    b.source_system,
    b.source_connection_id AS connection_id,
    b.source_removed_at,
    b.created_at,
    b.updated_at,
    b.synced_at
FROM data.budgets AS b;
COMMENT ON VIEW bi.budgets IS 'One row for each line of a plan of what may be spent in a month. Times are in UTC.';
COMMENT ON COLUMN bi.budgets.budget_id         IS 'Id of the budget.';
COMMENT ON COLUMN bi.budgets.month             IS 'First day of the month it is for; joins bi.costs.';
COMMENT ON COLUMN bi.budgets.cost_center       IS 'Whose budget it is; NULL: the whole organization''s.';
COMMENT ON COLUMN bi.budgets.service           IS 'What it is meant for; NULL: anything.';
COMMENT ON COLUMN bi.budgets.amount            IS 'For the whole month, in units of the currency.';
COMMENT ON COLUMN bi.budgets.currency          IS 'ISO 4217 code; NULL: not known.';
COMMENT ON COLUMN bi.budgets.source_system     IS 'System it came from.';
COMMENT ON COLUMN bi.budgets.connection_id     IS 'Connection it came from; joins bi.connections.';
COMMENT ON COLUMN bi.budgets.source_removed_at IS 'When the source was first found without it, in UTC; NULL: it is there.';
COMMENT ON COLUMN bi.budgets.created_at        IS 'When the source recorded it, in UTC.';
COMMENT ON COLUMN bi.budgets.updated_at        IS 'When it last changed, in UTC.';
COMMENT ON COLUMN bi.budgets.synced_at         IS 'When a sync last wrote it, in UTC.';
GRANT SELECT ON bi.budgets TO bi_reader;
