-- Runs as: bi_owner
CREATE OR REPLACE VIEW bi.spend_by_month AS
SELECT
    l.month,
    l.cost_center,
    l.service,
    l.currency,
    sum(l.cost)   AS cost_amount,
    sum(l.budget) AS budget_amount,
    sum(l.cost) / nullif(sum(l.budget), 0) AS budget_used_ratio
FROM (
    SELECT date_trunc('month', c.month::timestamp)::date AS month, c.cost_center, c.service, c.currency,
        c.amount AS cost, NULL::numeric AS budget
    FROM data.costs AS c
    WHERE c.source_removed_at IS NULL
    UNION ALL
    SELECT date_trunc('month', b.month::timestamp)::date, b.cost_center, b.service, b.currency, NULL, b.amount
    FROM data.budgets AS b
    WHERE b.source_removed_at IS NULL
) AS l
GROUP BY l.month, l.cost_center, l.service, l.currency;
COMMENT ON VIEW bi.spend_by_month IS
    'Costs beside the budgets that are planned for the very same month, cost center, service and currency. Sum over a column to compare at a coarser grain.';
COMMENT ON COLUMN bi.spend_by_month.month             IS 'First day of the month, a calendar date.';
COMMENT ON COLUMN bi.spend_by_month.cost_center       IS 'Who bears the costs; NULL: nobody is named.';
COMMENT ON COLUMN bi.spend_by_month.service           IS 'What was paid for; NULL: not known, or a budget for anything.';
COMMENT ON COLUMN bi.spend_by_month.currency          IS 'ISO 4217 code of both amounts; NULL: not known.';
COMMENT ON COLUMN bi.spend_by_month.cost_amount       IS 'Sum of the costs, in units of the currency; NULL: there are none.';
COMMENT ON COLUMN bi.spend_by_month.budget_amount     IS 'Sum of the budgets, in units of the currency; NULL: none is planned.';
COMMENT ON COLUMN bi.spend_by_month.budget_used_ratio IS 'Costs over budget: 1 is all of it; NULL where one of them is not known.';
GRANT SELECT ON bi.spend_by_month TO bi_reader;
