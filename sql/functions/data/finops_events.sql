-- Requires: functions/core/declare_topic.sql
-- Requires: functions/core/observe.sql
-- What is told of costs and budgets.
SELECT core.declare_topic('data.cost',   'Costs.');
SELECT core.declare_topic('data.budget', 'Budgets.');

SELECT core.observe('data.costs', 'data.cost',
    '{cost_center,service,month,amount,currency,source_system,source_connection_id,source_removed_at}');
SELECT core.observe('data.budgets', 'data.budget',
    '{cost_center,service,month,amount,currency,source_system,source_connection_id,source_removed_at}');
