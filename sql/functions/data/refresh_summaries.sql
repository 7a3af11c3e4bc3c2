-- Requires: functions/data/refresh_pipeline.sql
-- Requires: functions/work/job_kind.sql
-- Requires: functions/work/schedule.sql
-- Brings what is summed up for analysts up to date.
--
-- Role:    worker
-- Returns: {refreshed}: the views
CREATE OR REPLACE FUNCTION data.refresh_summaries(arguments jsonb)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    PERFORM data.refresh_pipeline();
    RETURN '{"refreshed": ["bi.pipeline_by_month"]}';
END;
$$;
COMMENT ON FUNCTION data.refresh_summaries(jsonb) IS 'Brings what is summed up for analysts up to date.';
GRANT EXECUTE ON FUNCTION data.refresh_summaries(jsonb) TO worker;
SELECT work.job_kind('data.refresh_summaries', 'data.refresh_summaries', max_attempts => 3, timeout => interval '10 min');
SELECT work.schedule('data.refresh_summaries', '*/10 * * * *', 'data.refresh_summaries');
