-- Requires: functions/data/sync_mapping.sql
-- Brings the records of a connection up to date: every active mapping, each from where it stopped.
--
-- Role:    member, worker
-- Definer: lends the reading of foreign tables and the writing of records, for the caller's tenant only
-- Returns: {connection_id, status, rows_read, rows_inserted, rows_updated, rows_unchanged, rows_rejected, rows_removed,
--          bytes_read, runs: [...]}. A source that fails is an answer (status failed), for raising would undo the
--          record of it. max_rows bounds the rows read per mapping; is_full forgets where reading stopped.
-- Errors:  PT400 invalid              400  max_rows is not from 1 to 10000000
--          PT401 unauthenticated      401  nobody is signed in
--          PT403 forbidden            403  the permission connections.write is missing
--          PT404 not_found            404  the tenant has no such connection
--          PT409 connection_busy      409  a sync or a change of this connection is under way
--          PT409 disconnected         409  the connection was disconnected
--          PT422 address_not_allowed  422  the host is not one that this server may reach
CREATE OR REPLACE FUNCTION data.sync(connection_id uuid, max_rows int DEFAULT 100000, is_full boolean DEFAULT false)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_connection CONSTANT data.connections := data.usable_connection(sync.connection_id);
    v_mapping    data.mappings;
    v_run        data.sync_runs;
    v_runs       data.sync_runs[] := '{}';
    v_result     jsonb;
BEGIN
    IF sync.max_rows IS NULL OR sync.max_rows NOT BETWEEN 1 AND 10000000 THEN
        PERFORM api.invalid(('max_rows', 'invalid_value', 'Use a number from 1 to 10000000.')::api.fault);
    END IF;
    FOR v_mapping IN
        SELECT m.*
        FROM data.mappings AS m
        WHERE m.tenant_id = v_connection.tenant_id AND m.connection_id = v_connection.connection_id
            AND m.status = 'active'
        ORDER BY m.entity
    LOOP
        v_run := data.sync_mapping(v_connection, v_mapping, sync.max_rows, COALESCE(sync.is_full, false));
        v_runs := v_runs || v_run;
        EXIT WHEN v_run.error_code IN ('source_unreachable', 'source_refused');
    END LOOP;

    SELECT jsonb_build_object(
        'connection_id', v_connection.connection_id,
        'status', CASE
            WHEN bool_or(r.status = 'failed') THEN 'failed'
            WHEN bool_or(r.status = 'partial') THEN 'partial'
            ELSE 'succeeded'
        END,
        'rows_read', COALESCE(sum(r.rows_read), 0),
        'rows_inserted', COALESCE(sum(r.rows_inserted), 0),
        'rows_updated', COALESCE(sum(r.rows_updated), 0),
        'rows_unchanged', COALESCE(sum(r.rows_unchanged), 0),
        'rows_rejected', COALESCE(sum(r.rows_rejected), 0),
        'rows_removed', COALESCE(sum(r.rows_removed), 0),
        'bytes_read', COALESCE(sum(r.bytes_read), 0),
        'runs', COALESCE(jsonb_agg(to_jsonb(r) - 'tenant_id' ORDER BY r.entity), '[]')
    )
    INTO STRICT v_result
    FROM unnest(v_runs) AS r;

    UPDATE data.connections AS c
    SET status = CASE v_result ->> 'status' WHEN 'failed' THEN 'FAILED' ELSE 'ACTIVE' END,
        health = CASE
            WHEN v_result ->> 'status' = 'failed' THEN 'unhealthy'
            WHEN v_result ->> 'status' = 'partial' OR (v_result ->> 'rows_rejected')::bigint > 0 THEN 'degraded'
            ELSE 'healthy'
        END,
        health_checked_at = clock_timestamp(),
        last_error = (SELECT r.error FROM unnest(v_runs) AS r WHERE r.error IS NOT NULL ORDER BY r.entity LIMIT 1),
        last_sync_status = v_result ->> 'status',
        last_sync_records = (v_result ->> 'rows_read')::bigint,
        last_sync_bytes = (v_result ->> 'bytes_read')::bigint,
        last_sync_at = clock_timestamp(),
        updated_at = now()
    WHERE c.tenant_id = v_connection.tenant_id AND c.connection_id = v_connection.connection_id;
    RETURN v_result;
END;
$$;
COMMENT ON FUNCTION data.sync(uuid, int, boolean) IS 'Brings the records of a connection up to date.';
GRANT EXECUTE ON FUNCTION data.sync(uuid, int, boolean) TO member, worker;
