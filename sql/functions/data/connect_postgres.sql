-- Requires: functions/data/check_egress.sql
-- Connects a PostgreSQL database as a source: stores how to reach it and makes the foreign server. Nothing is sent to
-- the source yet; data.test_connection does that. A disconnected connection of the same name comes back with its id.
--
-- Role:    member, worker
-- Definer: lends the making of a foreign server and the storing of a secret, for the caller's tenant
-- Returns: the connection's id
-- Errors:  PT400 invalid               400  a field is missing, unknown or malformed
--          PT401 unauthenticated       401  nobody is signed in
--          PT403 forbidden             403  the permission connections.write is missing
--          PT409 connections_slug_key  409  a connection of this name is in use
--          PT422 address_not_allowed   422  the host is not one that this server may reach
CREATE OR REPLACE FUNCTION data.connect_postgres(name text, configuration jsonb, password text)
RETURNS uuid LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_slug_length_max CONSTANT int := 80;
    v_known CONSTANT text[] := ARRAY['host', 'port', 'database', 'schema', 'user', 'sslmode', 'source_system'];
    v_connect_timeout_seconds CONSTANT int := 5;
    v_fetch_size              CONSTANT int := 1000;
    v_faults        api.fault[] := '{}';
    v_configuration jsonb;
    v_connection    data.connections;
    v_server        text;
    v_slug CONSTANT text := left(
        btrim(regexp_replace(lower(connect_postgres.name), '[^a-z0-9]+', '-', 'g'), '-'), v_slug_length_max);
BEGIN
    PERFORM data.require_write();
    IF jsonb_typeof(connect_postgres.configuration) IS DISTINCT FROM 'object' THEN
        PERFORM api.invalid(('configuration', 'invalid_type', 'The configuration must be an object.')::api.fault);
    END IF;

    v_configuration := jsonb_build_object(
        'port', 5432, 'schema', 'public', 'sslmode', 'require', 'source_system', 'postgres'
    ) || jsonb_strip_nulls(connect_postgres.configuration);
    SELECT COALESCE(array_agg((f.field, f.code, f.message)::api.fault ORDER BY f.field), '{}')
    INTO v_faults
    FROM (
        SELECT 'configuration.' || k.key AS field, 'unknown_field' AS code, 'This field is not known.' AS message
        FROM jsonb_object_keys(v_configuration) AS k (key)
        WHERE k.key <> ALL (v_known)
        UNION ALL
        SELECT 'configuration.' || r.key, 'required', 'This field is required: a text of 1 to 253 characters.'
        FROM unnest(ARRAY['host', 'database', 'user', 'schema']) AS r (key)
        WHERE jsonb_typeof(v_configuration -> r.key) IS DISTINCT FROM 'string'
            OR char_length(v_configuration ->> r.key) NOT BETWEEN 1 AND CASE r.key WHEN 'host' THEN 253 ELSE 63 END
        UNION ALL
        SELECT 'configuration.port', 'invalid_value', 'The port is a number from 1 to 65535.'
        WHERE v_configuration ->> 'port' !~ '^\d{1,5}$' OR (v_configuration ->> 'port')::int NOT BETWEEN 1 AND 65535
        UNION ALL
        SELECT 'configuration.sslmode', 'invalid_value', 'Use disable, prefer, require, verify-ca or verify-full.'
        WHERE v_configuration ->> 'sslmode' <> ALL (ARRAY['disable', 'prefer', 'require', 'verify-ca', 'verify-full'])
        UNION ALL
        SELECT 'configuration.source_system', 'invalid_value', 'Use lower-case letters, digits and underscores.'
        WHERE v_configuration ->> 'source_system' !~ '^[a-z][a-z0-9_]{0,39}$'
        UNION ALL
        SELECT 'name', 'invalid_value', 'The name must contain a letter or digit and have at most 200 characters.'
        WHERE COALESCE(v_slug, '') = '' OR char_length(connect_postgres.name) > 200
        UNION ALL
        SELECT 'password', 'required', 'A password of 1 to 4000 characters is required.'
        WHERE COALESCE(char_length(connect_postgres.password), 0) NOT BETWEEN 1 AND 4000
    ) AS f;
    PERFORM api.invalid(VARIADIC v_faults);
    v_configuration := v_configuration || jsonb_build_object('port', (v_configuration ->> 'port')::int);
    PERFORM data.check_egress(
        v_configuration ->> 'host', (v_configuration ->> 'port')::int, v_configuration ->> 'database');

    INSERT INTO data.connections AS c (tenant_id, slug, name, connection_type, source_system, configuration)
    VALUES (
        auth.tenant_id(), v_slug, connect_postgres.name, 'postgres', v_configuration ->> 'source_system',
        v_configuration
    )
    ON CONFLICT ON CONSTRAINT connections_slug_key DO UPDATE
    SET name = EXCLUDED.name, source_system = EXCLUDED.source_system, configuration = EXCLUDED.configuration,
        status = EXCLUDED.status, health = EXCLUDED.health, last_error = NULL, updated_at = now()
    WHERE c.status = 'DISCONNECTED' AND c.connection_type = EXCLUDED.connection_type
    RETURNING c.* INTO v_connection;
    IF NOT FOUND THEN
        PERFORM api.fail('connections_slug_key', 'A connection of this name already exists.', 409, 'name');
    END IF;
    INSERT INTO data.connection_secrets (tenant_id, connection_id, name, secret)
    VALUES (v_connection.tenant_id, v_connection.connection_id, 'password', connect_postgres.password);

    -- The remote estimate is what makes the planner send LIMIT along, and so the source sort no more than a page.
    v_server := data.source_object('source', v_connection.connection_id);
    EXECUTE format(
        'CREATE SERVER %I FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host %L, port %L, dbname %L, sslmode %L,'
        ' connect_timeout %L, fetch_size %L, use_remote_estimate ''true'', keep_connections ''off'', updatable ''false'','
        ' truncatable ''false'')',
        v_server, v_configuration ->> 'host', v_configuration ->> 'port', v_configuration ->> 'database',
        v_configuration ->> 'sslmode', v_connect_timeout_seconds, v_fetch_size
    );
    EXECUTE format(
        'CREATE USER MAPPING FOR CURRENT_USER SERVER %I OPTIONS (user %L, password %L)',
        v_server, v_configuration ->> 'user', connect_postgres.password
    );
    EXECUTE format(
        'CREATE FOREIGN TABLE data_source.%I ('
        ' table_schema text, table_name text, column_name text, ordinal_position int, data_type text, is_nullable text'
        ') SERVER %I OPTIONS (schema_name ''information_schema'', table_name ''columns'')',
        data.source_object('columns', v_connection.connection_id), v_server
    );
    RETURN v_connection.connection_id;
END;
$$;
COMMENT ON FUNCTION data.connect_postgres(text, jsonb, text) IS 'Connects a PostgreSQL database as a source.';
GRANT EXECUTE ON FUNCTION data.connect_postgres(text, jsonb, text) TO member, worker;
