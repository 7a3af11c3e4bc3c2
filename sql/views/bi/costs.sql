-- Runs as: bi_owner
CREATE OR REPLACE VIEW bi.costs AS
SELECT
    c.cost_id,
    c.month AS cost_date,
    date_trunc('month', c.month::timestamp)::date AS month,
    c.cost_center,
    c.service,
    c.amount,
    c.currency,
    c.source_system,
    c.source_connection_id AS connection_id,
    c.source_removed_at,
    c.created_at,
    c.updated_at,
    c.synced_at
FROM data.costs AS c;
COMMENT ON VIEW bi.costs IS 'One row for each line of a bill or usage report. Times are in UTC.';
COMMENT ON COLUMN bi.costs.cost_id           IS 'Id of the cost.';
COMMENT ON COLUMN bi.costs.cost_date         IS 'Day of the cost, or, if its source knows months only, any day of the month.';
COMMENT ON COLUMN bi.costs.month             IS 'First day of the month it belongs to; joins bi.budgets.';
COMMENT ON COLUMN bi.costs.cost_center       IS 'Who bears it; NULL: nobody is named.';
COMMENT ON COLUMN bi.costs.service           IS 'What was paid for; NULL: not known.';
COMMENT ON COLUMN bi.costs.amount            IS 'In units of the currency; a credit is negative.';
COMMENT ON COLUMN bi.costs.currency          IS 'ISO 4217 code; NULL: not known.';
COMMENT ON COLUMN bi.costs.source_system     IS 'System it came from.';
COMMENT ON COLUMN bi.costs.connection_id     IS 'Connection it came from; joins bi.connections.';
COMMENT ON COLUMN bi.costs.source_removed_at IS 'When the source was first found without it, in UTC; NULL: it is there.';
COMMENT ON COLUMN bi.costs.created_at        IS 'When the source recorded it, in UTC.';
COMMENT ON COLUMN bi.costs.updated_at        IS 'When it last changed, in UTC.';
COMMENT ON COLUMN bi.costs.synced_at         IS 'When a sync last wrote it, in UTC.';
GRANT SELECT ON bi.costs TO bi_reader;
