-- Requires: functions/data/run_discovery.sql
-- Has a job look at what a source has and compare it with what was known. One that waits already stands for both.
--
-- Role:    member, worker
-- Definer: lends the writing of data.discoveries, for the caller's tenant
-- Returns: the discovery's id; data.discoveries tells what became of it
-- Errors:  PT401 unauthenticated    401  nobody is signed in
--          PT403 forbidden          403  the permission connections.write is missing
--          PT404 not_found          404  the tenant has no such connection
--          PT409 connection_paused  409  the connection is paused
--          PT409 disconnected       409  the connection was disconnected
CREATE OR REPLACE FUNCTION data.enqueue_discovery(connection_id uuid)
RETURNS uuid LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
#variable_conflict use_column
DECLARE
    v_discovery_id uuid := gen_random_uuid();
    v_status       text;
    v_job_id       bigint;
BEGIN
    PERFORM data.require_write();
    SELECT c.status INTO v_status
    FROM data.connections AS c
    WHERE c.tenant_id = auth.tenant_id() AND c.connection_id = enqueue_discovery.connection_id;
    IF NOT FOUND THEN
        PERFORM api.fail('not_found', 'Connection not found.', 404);
    ELSIF v_status = 'DISCONNECTED' THEN
        PERFORM api.fail('disconnected', 'This connection was disconnected.', 409);
    ELSIF v_status = 'PAUSED' THEN
        PERFORM api.fail('connection_paused', 'This connection is paused.', 409, hint => 'Resume it first.');
    END IF;
    v_job_id := work.enqueue(
        'data.run_discovery',
        jsonb_build_object('connection_id', enqueue_discovery.connection_id, 'discovery_id', v_discovery_id),
        unique_key => enqueue_discovery.connection_id::text);
    INSERT INTO data.discoveries AS d (tenant_id, discovery_id, connection_id, job_id)
    VALUES (auth.tenant_id(), v_discovery_id, enqueue_discovery.connection_id, v_job_id)
    ON CONFLICT ON CONSTRAINT discoveries_job_id_key DO NOTHING;
    IF NOT FOUND THEN
        SELECT d.discovery_id INTO STRICT v_discovery_id
        FROM data.discoveries AS d
        WHERE d.tenant_id = auth.tenant_id() AND d.job_id = v_job_id;
    END IF;
    RETURN v_discovery_id;
END;
$$;
COMMENT ON FUNCTION data.enqueue_discovery(uuid) IS 'Has a job look at what a source has.';
GRANT EXECUTE ON FUNCTION data.enqueue_discovery(uuid) TO member, worker;
