-- The policy by which the pipeline's materialized view, and nothing else, sees the opportunities of every tenant.

CREATE POLICY opportunities_summary ON data.opportunities FOR SELECT TO data_refresher USING (true);
GRANT USAGE ON SCHEMA data TO data_refresher;
GRANT SELECT (tenant_id, stage, currency, close_date, amount, probability, source_removed_at)
    ON data.opportunities TO data_refresher;
