-- Makes the foreign server of a PostgreSQL source, or changes it to what the connection says now: how it is reached, as
-- whom, and the foreign tables that show its catalog. Connections of other kinds have none.
--
-- Role:    pgserver_owner
CREATE OR REPLACE FUNCTION data.build_source_server(connection data.connections)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_connect_timeout_seconds CONSTANT int := 5;
    v_fetch_size              CONSTANT int := 1000;
    v_server   CONSTANT text := data.source_object('source', connection.connection_id);
    v_password text;
    v_table    record;
BEGIN
    SELECT s.secret
    INTO STRICT v_password
    FROM data.connection_secrets AS s
    WHERE s.tenant_id = connection.tenant_id AND s.connection_id = connection.connection_id AND s.name = 'password';
    IF EXISTS (SELECT FROM pg_catalog.pg_foreign_server AS f WHERE f.srvname = v_server) THEN
        EXECUTE format(
            'ALTER SERVER %I OPTIONS (SET host %L, SET port %L, SET dbname %L, SET sslmode %L)',
            v_server, connection.configuration ->> 'host', connection.configuration ->> 'port',
            connection.configuration ->> 'database', connection.configuration ->> 'sslmode');
        EXECUTE format(
            'ALTER USER MAPPING FOR CURRENT_USER SERVER %I OPTIONS (SET user %L, SET password %L)',
            v_server, connection.configuration ->> 'user', v_password);
        -- The tables of mappings name the schema they read.
        FOR v_table IN
            SELECT c.relname
            FROM data.mappings AS m
            JOIN pg_catalog.pg_class AS c ON c.relname = data.source_object('rows', m.mapping_id)
                AND c.relnamespace = 'data_source'::regnamespace AND c.relkind = 'f'
            WHERE m.tenant_id = connection.tenant_id AND m.connection_id = connection.connection_id
        LOOP
            EXECUTE format(
                'ALTER FOREIGN TABLE data_source.%I OPTIONS (SET schema_name %L)',
                v_table.relname, connection.configuration ->> 'schema');
        END LOOP;
    ELSE
        -- The remote estimate is what makes the planner send LIMIT along, and so the source sort no more than a page.
        EXECUTE format(
            'CREATE SERVER %I FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host %L, port %L, dbname %L, sslmode %L,'
            ' connect_timeout %L, fetch_size %L, use_remote_estimate ''true'', keep_connections ''off'','
            ' updatable ''false'', truncatable ''false'')',
            v_server, connection.configuration ->> 'host', connection.configuration ->> 'port',
            connection.configuration ->> 'database', connection.configuration ->> 'sslmode',
            v_connect_timeout_seconds, v_fetch_size);
        EXECUTE format(
            'CREATE USER MAPPING FOR CURRENT_USER SERVER %I OPTIONS (user %L, password %L)',
            v_server, connection.configuration ->> 'user', v_password);
    END IF;
    PERFORM data.build_catalog_tables(connection);
END;
$$;
COMMENT ON FUNCTION data.build_source_server(data.connections) IS
    'Makes the foreign server of a PostgreSQL source, or changes it to what the connection says now.';
