-- Requires: functions/data/dispatch_bulk_mappings.sql
-- Requires: functions/data/make_bulk_mapping.sql
-- One step of a bulk mapping: one of its mappings, what came of it, and the next step, all in one transaction. Step 0
-- begins it. One that was cancelled or forgotten in the meantime ends.
--
-- Role:    worker
-- Definer: lends the storing of mappings and of the job's state, for the tenant of the job
-- Returns: the status of the bulk mapping; NULL if it is gone
-- Errors:  PT409 connection_busy  409  the step has to be tried again
CREATE OR REPLACE FUNCTION data.step_bulk_mapping(bulk_mapping_id uuid, item_no int)
RETURNS text LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
#variable_conflict use_column
DECLARE
    v_tenant_id CONSTANT uuid := auth.tenant_id();
    v_job       data.bulk_mappings;
    v_request   jsonb;
    v_result    jsonb;
    v_is_right  boolean;
BEGIN
    SELECT b.* INTO v_job
    FROM data.bulk_mappings AS b
    WHERE b.tenant_id = v_tenant_id AND b.bulk_mapping_id = step_bulk_mapping.bulk_mapping_id AND b.expires_at > now();
    IF v_job.status IS NULL OR v_job.status NOT IN ('queued', 'running') THEN
        RETURN v_job.status;
    ELSIF step_bulk_mapping.item_no > 0 THEN
        SELECT i.request INTO v_request
        FROM data.bulk_mapping_items AS i
        WHERE i.tenant_id = v_tenant_id AND i.bulk_mapping_id = v_job.bulk_mapping_id
            AND i.item_no = step_bulk_mapping.item_no AND i.status = 'queued';
        IF NOT FOUND THEN
            RETURN v_job.status;
        END IF;
        v_result := data.make_bulk_mapping(v_request);
        v_is_right := NOT v_result ? 'error';
        UPDATE data.bulk_mapping_items AS i
        SET status = CASE WHEN v_is_right THEN 'succeeded' ELSE 'failed' END, result = v_result,
            finished_at = clock_timestamp()
        WHERE i.tenant_id = v_tenant_id AND i.bulk_mapping_id = v_job.bulk_mapping_id
            AND i.item_no = step_bulk_mapping.item_no;
    END IF;
    -- Before the job, as whoever gives places or cancels does. What was made is counted even if the job was cancelled
    -- while it was.
    PERFORM FROM auth.tenants AS t WHERE t.tenant_id = v_tenant_id FOR NO KEY UPDATE;
    UPDATE data.bulk_mappings AS b
    SET started_at = COALESCE(b.started_at, clock_timestamp()),
        succeeded_count = b.succeeded_count + COALESCE(v_is_right, false)::int,
        failed_count = b.failed_count + COALESCE(NOT v_is_right, false)::int,
        status = CASE
            WHEN b.status NOT IN ('queued', 'running') THEN b.status
            WHEN step_bulk_mapping.item_no < b.item_count THEN 'running'
            WHEN b.failed_count + COALESCE(NOT v_is_right, false)::int = 0 THEN 'succeeded'
            WHEN b.succeeded_count + COALESCE(v_is_right, false)::int = 0 THEN 'failed'
            ELSE 'partial'
        END,
        finished_at = CASE WHEN step_bulk_mapping.item_no >= b.item_count OR b.status NOT IN ('queued', 'running')
            THEN COALESCE(b.finished_at, clock_timestamp()) END
    WHERE b.tenant_id = v_tenant_id AND b.bulk_mapping_id = v_job.bulk_mapping_id
    RETURNING b.* INTO v_job;
    IF v_job.status = 'running' THEN
        PERFORM work.enqueue(
            'data.bulk_mapping',
            jsonb_build_object('bulk_mapping_id', v_job.bulk_mapping_id, 'item_no', step_bulk_mapping.item_no + 1),
            unique_key => v_job.bulk_mapping_id::text);
    ELSE
        PERFORM data.dispatch_bulk_mappings();
    END IF;
    RETURN v_job.status;
END;
$$;
COMMENT ON FUNCTION data.step_bulk_mapping(uuid, int) IS 'One step of a bulk mapping.';
GRANT EXECUTE ON FUNCTION data.step_bulk_mapping(uuid, int) TO worker;
