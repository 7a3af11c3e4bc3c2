-- Requires: functions/data/mapping_settings.sql
-- Requires: functions/work/enqueue.sql
-- Gives free places to the bulk mappings of the caller's tenant that have waited longest. Called in the transaction that
-- submits or ends one, and holds the tenant's others off until that ends, so that no place is given twice or forgotten.
--
-- Role:    pgserver_owner
CREATE OR REPLACE FUNCTION data.dispatch_bulk_mappings()
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_running_max CONSTANT integer := core.setting_integer('data.bulk_mappings_running_max');
    v_tenant_id   CONSTANT uuid := auth.tenant_id();
    v_free_count  integer;
    v_job         record;
BEGIN
    PERFORM FROM auth.tenants AS t WHERE t.tenant_id = v_tenant_id FOR NO KEY UPDATE;
    SELECT v_running_max - count(*) INTO STRICT v_free_count
    FROM data.bulk_mappings AS b
    WHERE b.tenant_id = v_tenant_id AND b.status IN ('queued', 'running') AND b.is_dispatched AND b.expires_at > now();
    FOR v_job IN
        UPDATE data.bulk_mappings AS b
        SET is_dispatched = true
        FROM (
            SELECT w.bulk_mapping_id
            FROM data.bulk_mappings AS w
            WHERE w.tenant_id = v_tenant_id AND w.status = 'queued' AND NOT w.is_dispatched AND w.expires_at > now()
            ORDER BY w.created_at, w.bulk_mapping_id
            LIMIT greatest(v_free_count, 0)
        ) AS n
        WHERE b.tenant_id = v_tenant_id AND b.bulk_mapping_id = n.bulk_mapping_id
        RETURNING b.bulk_mapping_id
    LOOP
        PERFORM work.enqueue(
            'data.bulk_mapping', jsonb_build_object('bulk_mapping_id', v_job.bulk_mapping_id, 'item_no', 0),
            unique_key => v_job.bulk_mapping_id::text);
    END LOOP;
END;
$$;
COMMENT ON FUNCTION data.dispatch_bulk_mappings() IS 'Gives free places to the bulk mappings that have waited longest.';
