-- The id of a bulk mapping, of the job_id that a client names it by.
--
-- Role:    member
-- Takes:   job_id: job- and a UUID, or the UUID alone
-- Errors:  PT404 not_found  404  it is neither
CREATE OR REPLACE FUNCTION autonomos.bulk_mapping_id(job_id text)
RETURNS uuid LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_match CONSTANT text[] := regexp_match(
        lower(bulk_mapping_id.job_id), '^(?:job-)?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$');
BEGIN
    IF v_match IS NULL THEN
        PERFORM api.fail('not_found', 'Bulk mapping job not found.', 404);
    END IF;
    RETURN v_match[1]::uuid;
END;
$$;
COMMENT ON FUNCTION autonomos.bulk_mapping_id(text) IS 'The id of a bulk mapping, of the job_id that a client names it by.';
GRANT EXECUTE ON FUNCTION autonomos.bulk_mapping_id(text) TO member;
