-- Requires: functions/work/job_kind.sql
-- Takes in what came of a notice, once it has arrived or is given up.
--
-- Role:    worker, with the tenant of the job
-- Definer: lends the writing of notices, of the caller's tenant
CREATE OR REPLACE FUNCTION data.alert_noticed(arguments jsonb, outcome jsonb)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    UPDATE data.alert_notices AS n
    SET status = CASE WHEN (alert_noticed.outcome -> 'is_done')::boolean THEN 'delivered' ELSE 'failed' END,
        attempts = (alert_noticed.outcome ->> 'attempt')::integer,
        response_status = (alert_noticed.outcome ->> 'status')::integer,
        error_code = alert_noticed.outcome #>> '{error,code}',
        error_message = alert_noticed.outcome #>> '{error,message}',
        finished_at = clock_timestamp()
    WHERE n.tenant_id = auth.tenant_id() AND n.notice_id = (alert_noticed.arguments ->> 'notice_id')::uuid;
END;
$$;
COMMENT ON FUNCTION data.alert_noticed(jsonb, jsonb) IS 'Takes in what came of a notice.';
GRANT EXECUTE ON FUNCTION data.alert_noticed(jsonb, jsonb) TO worker;
SELECT work.job_kind(
    'data.alert_webhook', 'data.alert_noticed', effect => 'http', max_attempts => 8, timeout => interval '20 s',
    tenant_concurrency => 2, backoff_first => interval '30 s', backoff_longest => interval '1 h');
SELECT work.job_kind(
    'data.alert_mail', 'data.alert_noticed', effect => 'mail', max_attempts => 8, timeout => interval '1 min',
    tenant_concurrency => 2, backoff_first => interval '30 s', backoff_longest => interval '1 h');
