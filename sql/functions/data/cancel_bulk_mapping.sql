-- Requires: functions/data/dispatch_bulk_mappings.sql
-- Ends a bulk mapping. Mappings that it has made stay; the one that is being made may still be.
--
-- Role:    member, worker
-- Definer: lends the changing of the job's state, for the caller's tenant
-- Returns: the job
-- Errors:  PT401 unauthenticated         401  nobody is signed in
--          PT403 forbidden               403  the permission connections.write is missing
--          PT404 not_found               404  the tenant has no such job
--          PT409 bulk_mapping_finished   409  it has ended
CREATE OR REPLACE FUNCTION data.cancel_bulk_mapping(bulk_mapping_id uuid)
RETURNS data.bulk_mappings LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
#variable_conflict use_column
DECLARE
    v_job data.bulk_mappings;
BEGIN
    PERFORM data.require_write();
    -- Before the job, as whoever gives places does.
    PERFORM FROM auth.tenants AS t WHERE t.tenant_id = auth.tenant_id() FOR NO KEY UPDATE;
    SELECT b.* INTO v_job
    FROM data.bulk_mappings AS b
    WHERE b.tenant_id = (SELECT auth.tenant_id()) AND b.bulk_mapping_id = cancel_bulk_mapping.bulk_mapping_id
        AND b.expires_at > now()
    FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM api.fail('not_found', 'Bulk mapping job not found.', 404);
    ELSIF v_job.status NOT IN ('queued', 'running') THEN
        PERFORM api.fail('bulk_mapping_finished', format('This job has ended: it is %s.', v_job.status), 409);
    END IF;
    UPDATE data.bulk_mappings AS b
    SET status = 'cancelled', finished_at = now()
    WHERE b.tenant_id = v_job.tenant_id AND b.bulk_mapping_id = v_job.bulk_mapping_id
    RETURNING b.* INTO STRICT v_job;
    PERFORM data.dispatch_bulk_mappings();
    RETURN v_job;
END;
$$;
COMMENT ON FUNCTION data.cancel_bulk_mapping(uuid) IS 'Ends a bulk mapping. Mappings that it has made stay.';
GRANT EXECUTE ON FUNCTION data.cancel_bulk_mapping(uuid) TO member, worker;
