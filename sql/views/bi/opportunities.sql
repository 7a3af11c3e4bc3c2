-- Runs as: bi_owner
CREATE OR REPLACE VIEW bi.opportunities AS
SELECT
    o.opportunity_id,
    o.account_id,
    o.name                 AS opportunity_name,
    o.stage,
    o.amount,
    o.currency,
    o.probability,
    o.amount * o.probability AS weighted_amount,
    o.close_date,
    o.owner_id,
    o.extras,
    o.source_system,
    o.source_connection_id AS connection_id,
    o.source_key,
    o.created_at,
    o.updated_at,
    o.synced_at,
    o.source_removed_at    AS removed_at
FROM data.opportunities AS o;
COMMENT ON VIEW bi.opportunities IS 'Deals, one row each, from every connected source. Times are instants; UTC is what this database shows.';
COMMENT ON COLUMN bi.opportunities.opportunity_id   IS 'Id of the opportunity.';
COMMENT ON COLUMN bi.opportunities.account_id       IS 'Company that may buy; joins bi.accounts, unless the source lacks that company.';
COMMENT ON COLUMN bi.opportunities.opportunity_name IS 'Name of the deal.';
COMMENT ON COLUMN bi.opportunities.stage            IS 'Step of the sale.';
COMMENT ON COLUMN bi.opportunities.amount           IS 'Worth of the deal, in units of its currency.';
COMMENT ON COLUMN bi.opportunities.currency         IS 'ISO 4217 code of the amount''s currency.';
COMMENT ON COLUMN bi.opportunities.probability      IS 'Expected chance of winning, a fraction from 0 to 1.';
COMMENT ON COLUMN bi.opportunities.weighted_amount  IS 'Amount times probability, in units of the currency.';
COMMENT ON COLUMN bi.opportunities.close_date       IS 'Day the deal is expected to be decided, or was; a calendar date of the source.';
COMMENT ON COLUMN bi.opportunities.owner_id         IS 'Who looks after the deal, as the source names that person.';
COMMENT ON COLUMN bi.opportunities.extras           IS 'JSON object of the source''s other columns, in the source''s units.';
COMMENT ON COLUMN bi.opportunities.source_system    IS 'Name of the system the row came from.';
COMMENT ON COLUMN bi.opportunities.connection_id    IS 'Connection the row came through; joins bi.connections.';
COMMENT ON COLUMN bi.opportunities.source_key       IS 'Key of the row in its source.';
COMMENT ON COLUMN bi.opportunities.created_at       IS 'When the source recorded it, in UTC.';
COMMENT ON COLUMN bi.opportunities.updated_at       IS 'When it last changed, in UTC.';
COMMENT ON COLUMN bi.opportunities.synced_at        IS 'When a sync last wrote the row, in UTC.';
COMMENT ON COLUMN bi.opportunities.removed_at       IS 'When the source was first seen without it, in UTC; NULL while it is there.';
GRANT SELECT ON bi.opportunities TO bi_reader;
