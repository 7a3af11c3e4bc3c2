-- Runs as: bi_owner
--
-- The materialized view holds every tenant's rows and knows no policy: this predicate is what separates them, and the
-- barrier keeps a reader's own functions behind it.
CREATE OR REPLACE VIEW bi.pipeline_by_month WITH (security_barrier = true) AS
SELECT
    nullif(p.close_month, '-infinity') AS close_month,
    nullif(p.stage, '')                AS stage,
    nullif(p.currency, '')             AS currency,
    p.opportunity_count,
    p.total_amount,
    p.weighted_amount
FROM data_summary.pipeline_by_stage_month AS p
WHERE p.tenant_id = (SELECT auth.bi_tenant_id());
COMMENT ON VIEW bi.pipeline_by_month IS
    'Deals by the month they close, their stage and currency. As fresh as the last refresh; removed deals are left out.';
COMMENT ON COLUMN bi.pipeline_by_month.close_month       IS 'First day of the month the deals close in, a calendar date; NULL: no date known.';
COMMENT ON COLUMN bi.pipeline_by_month.stage             IS 'Step of the sale; NULL: not known.';
COMMENT ON COLUMN bi.pipeline_by_month.currency          IS 'ISO 4217 code of the amounts; NULL: not known.';
COMMENT ON COLUMN bi.pipeline_by_month.opportunity_count IS 'Number of deals.';
COMMENT ON COLUMN bi.pipeline_by_month.total_amount      IS 'Sum of their amounts, in units of the currency.';
COMMENT ON COLUMN bi.pipeline_by_month.weighted_amount   IS 'Sum of amount times probability, in units of the currency.';
GRANT SELECT ON bi.pipeline_by_month TO bi_reader;
