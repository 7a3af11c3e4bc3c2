-- Requires: functions/autonomos/fraction.sql
-- A bulk mapping job, without what it is to do.
--
-- Role:    member
CREATE OR REPLACE FUNCTION autonomos.bulk_mapping_document(job data.bulk_mappings)
RETURNS json LANGUAGE sql
STABLE PARALLEL SAFE SECURITY INVOKER
RETURN json_build_object(
    'job_id', 'job-' || job.bulk_mapping_id,
    'status', job.status,
    'total', job.item_count,
    'succeeded', job.succeeded_count,
    'failed', job.failed_count,
    'progress', autonomos.fraction((job.succeeded_count + job.failed_count)::numeric / job.item_count),
    'created_at', core.rfc3339(job.created_at),
    'started_at', core.rfc3339(job.started_at),
    'finished_at', core.rfc3339(job.finished_at),
    'expires_at', core.rfc3339(job.expires_at));
COMMENT ON FUNCTION autonomos.bulk_mapping_document(data.bulk_mappings) IS 'A bulk mapping job.';
GRANT EXECUTE ON FUNCTION autonomos.bulk_mapping_document(data.bulk_mappings) TO member;
