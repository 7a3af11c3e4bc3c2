-- Requires: functions/work/webhook_event.sql
-- The events of the contract, by the runs of pipelines that they tell about: flow.run.completed and flow.run.failed, about
-- the run, with kind, pipeline_id and duration_seconds in their payload.
SELECT work.webhook_event('pipeline.completed', 'flow.run.completed', '{"kind": "pipeline"}', '{
    "pipeline_id": {"payload": "pipeline_id"}, "run_id": {"subject": "id"}, "status": {"value": "success"},
    "duration_seconds": {"payload": "duration_seconds"}}');
SELECT work.webhook_event('pipeline.failed', 'flow.run.failed', '{"kind": "pipeline"}', '{
    "pipeline_id": {"payload": "pipeline_id"}, "run_id": {"subject": "id"}, "status": {"value": "failed"},
    "duration_seconds": {"payload": "duration_seconds"}}');
