-- Makes the foreign tables that show a PostgreSQL source's own catalog, as far as they are not there. Its keys are read
-- from pg_index: information_schema shows them to nobody who may only read.
--
-- Role:    pgserver_owner
CREATE OR REPLACE FUNCTION data.build_catalog_tables(connection data.connections)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_table record;
    v_name  text;
BEGIN
    FOR v_table IN
        SELECT *
        FROM (VALUES
            ('columns', 'information_schema', 'columns',
                'table_schema text, table_name text, column_name text, ordinal_position int, data_type text,'
                ' is_nullable text'),
            ('types', 'information_schema', 'columns',
                'table_schema text, table_name text, column_name text, ordinal_position int, data_type text,'
                ' is_nullable text, udt_name text'),
            ('namespaces', 'pg_catalog', 'pg_namespace', 'oid oid, nspname text'),
            ('relations', 'pg_catalog', 'pg_class', 'oid oid, relname text, relnamespace oid, reltuples float4'),
            ('keys', 'pg_catalog', 'pg_index', 'indrelid oid, indisprimary boolean, indkey text')
        ) AS t (kind, remote_schema, remote_table, columns)
    LOOP
        v_name := data.source_object(v_table.kind, connection.connection_id);
        CONTINUE WHEN to_regclass(format('data_source.%I', v_name)) IS NOT NULL;
        EXECUTE format(
            'CREATE FOREIGN TABLE data_source.%I (%s) SERVER %I OPTIONS (schema_name %L, table_name %L)',
            v_name, v_table.columns, data.source_object('source', connection.connection_id),
            v_table.remote_schema, v_table.remote_table);
    END LOOP;
END;
$$;
COMMENT ON FUNCTION data.build_catalog_tables(data.connections) IS
    'Makes the foreign tables that show a PostgreSQL source''s own catalog.';
