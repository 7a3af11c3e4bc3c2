-- Runs as: administrator
--
-- The pipeline of every tenant by stage and month, owned by the role whose policy sees them all.

SET LOCAL ROLE data_refresher;

CREATE MATERIALIZED VIEW data_summary.pipeline_by_stage_month AS
SELECT
    o.tenant_id,
    COALESCE(o.stage, '')                                                    AS stage,
    COALESCE(o.currency, '')                                                 AS currency,
    COALESCE(date_trunc('month', o.close_date::timestamp)::date, '-infinity') AS close_month,
    count(*)                                                                 AS opportunity_count,
    sum(o.amount)                                                            AS total_amount,
    sum(o.amount * o.probability)                                            AS weighted_amount
FROM data.opportunities AS o
WHERE o.source_removed_at IS NULL
GROUP BY
    o.tenant_id,
    COALESCE(o.stage, ''),
    COALESCE(o.currency, ''),
    COALESCE(date_trunc('month', o.close_date::timestamp)::date, '-infinity');
COMMENT ON MATERIALIZED VIEW data_summary.pipeline_by_stage_month IS
    'Open and closed deals of all tenants by stage, currency and month. Empty text and -infinity stand for what is unknown.';
CREATE UNIQUE INDEX pipeline_by_stage_month_key
    ON data_summary.pipeline_by_stage_month (tenant_id, stage, currency, close_month);
GRANT SELECT ON data_summary.pipeline_by_stage_month TO bi_owner;

RESET ROLE;
