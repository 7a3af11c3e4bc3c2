-- Requires: functions/data/discovery_settings.sql
-- Requires: functions/work/job_kind.sql
-- Looks at what a source has, keeps it as a snapshot if it is other than before, and records each difference. The source
-- is read without holding the connection; only what was found is written down under its lock.
--
-- A source that fails is an answer, not an error: the discovery has failed, and the connection says why.
--
-- Role:    worker
-- Definer: lends the reading of the source and the writing of what was found, for the job's tenant only
-- Returns: {status, version, relations_found, columns_found, drift_found, error_code}
CREATE OR REPLACE FUNCTION data.run_discovery(arguments jsonb)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = '' SET lock_timeout = '5s'
AS $$
DECLARE
    v_pause        CONSTANT interval    := interval '2 s';
    v_started_at   CONSTANT timestamptz := clock_timestamp();
    v_discovery_id CONSTANT uuid        := arguments ->> 'discovery_id';
    v_connection   data.connections;
    v_relations    jsonb;
    v_code         text;
    v_error        text;
    v_known        int;
    v_version      int;
    v_drift        int := 0;
    v_discovery    data.discoveries;
BEGIN
    SELECT c.*
    INTO v_connection
    FROM data.connections AS c
    WHERE c.tenant_id = auth.tenant_id() AND c.connection_id = (arguments ->> 'connection_id')::uuid;
    IF v_connection.status IS NULL OR v_connection.status IN ('DISCONNECTED', 'PAUSED') THEN
        v_code := lower(COALESCE(v_connection.status, 'not_found'));
        v_error := format('The connection is %s.', replace(v_code, '_', ' '));
    ELSE
        v_known := (
            SELECT max(s.version)
            FROM data.schema_snapshots AS s
            WHERE s.tenant_id = v_connection.tenant_id AND s.connection_id = v_connection.connection_id
        );
        PERFORM work.progress(0.1, 'looking at relations');
        SELECT f.relations, f.failure_code, f.failure INTO v_relations, v_code, v_error
        FROM data.look_at_source(v_connection) AS f;
        PERFORM work.progress(0.9, 'comparing');
        BEGIN
            SELECT c.*
            INTO v_connection
            FROM data.connections AS c
            WHERE c.tenant_id = v_connection.tenant_id AND c.connection_id = v_connection.connection_id
            FOR NO KEY UPDATE;
        EXCEPTION WHEN lock_not_available THEN
            PERFORM work.snooze(v_pause, 'The connection is being synchronized or changed.');
        END;
        IF v_connection.status = 'DISCONNECTED' THEN
            v_code := 'disconnected';
            v_error := 'The connection is disconnected.';
        ELSIF v_code IS NULL THEN
            -- Another look was quicker: what this one saw may be older than what that one wrote down.
            IF v_known IS DISTINCT FROM (
                SELECT max(s.version)
                FROM data.schema_snapshots AS s
                WHERE s.tenant_id = v_connection.tenant_id AND s.connection_id = v_connection.connection_id
            ) THEN
                PERFORM work.snooze(v_pause, 'The source was looked at in the meantime.');
            END IF;
            SELECT s.version, s.drift_found INTO STRICT v_version, v_drift
            FROM data.store_snapshot(v_connection, v_relations) AS s;
        END IF;
        UPDATE data.connections AS c
        SET status = CASE
                WHEN c.status IN ('PAUSED', 'DISCONNECTED') THEN c.status
                WHEN v_code IS NOT NULL THEN 'FAILED'
                WHEN c.configuration ? 'host' OR v_relations <> '[]' THEN 'ACTIVE'
                ELSE c.status
            END,
            health = CASE
                WHEN v_code IS NOT NULL THEN 'unhealthy'
                WHEN c.health IN ('unknown', 'unhealthy') AND v_relations <> '[]' THEN 'healthy'
                ELSE c.health
            END,
            health_checked_at = clock_timestamp(),
            last_error = CASE WHEN v_code IS NOT NULL THEN v_error WHEN c.health = 'degraded' THEN c.last_error END,
            last_discovery_at = CASE WHEN v_code IS NULL THEN clock_timestamp() ELSE c.last_discovery_at END,
            updated_at = now()
        WHERE c.tenant_id = v_connection.tenant_id AND c.connection_id = v_connection.connection_id
            AND c.status <> 'DISCONNECTED';
    END IF;

    UPDATE data.discoveries AS d
    SET status = CASE WHEN v_code IS NULL THEN 'succeeded' ELSE 'failed' END,
        version = v_version,
        relations_found = jsonb_array_length(v_relations),
        columns_found = (
            SELECT COALESCE(sum(jsonb_array_length(r.entry -> 'columns')), 0)
            FROM jsonb_array_elements(v_relations) AS r (entry)
        ),
        drift_found = CASE WHEN v_code IS NULL THEN v_drift END,
        error_code = v_code,
        error = v_error,
        started_at = v_started_at,
        finished_at = clock_timestamp()
    WHERE d.tenant_id = auth.tenant_id() AND d.discovery_id = v_discovery_id
    RETURNING d.* INTO v_discovery;
    RETURN jsonb_build_object(
        'status', v_discovery.status, 'version', v_version, 'relations_found', v_discovery.relations_found,
        'columns_found', v_discovery.columns_found, 'drift_found', v_discovery.drift_found, 'error_code', v_code);
END;
$$;
COMMENT ON FUNCTION data.run_discovery(jsonb) IS 'Looks at what a source has, and records what is other than before.';
GRANT EXECUTE ON FUNCTION data.run_discovery(jsonb) TO worker;
SELECT work.job_kind(
    'data.run_discovery', 'data.run_discovery', max_attempts => 3, timeout => interval '10 min', tenant_concurrency => 4);
