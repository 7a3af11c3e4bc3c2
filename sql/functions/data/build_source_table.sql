-- Makes the foreign table that a mapping reads, with the columns the source has now. A type that PostgreSQL itself
-- brings keeps its meaning in comparisons and in JSON; any other (an enum, an array, an extension's) is read as text,
-- whose reading cannot fail.
--
-- Role:    pgserver_owner
CREATE OR REPLACE FUNCTION data.build_source_table(
    connection data.connections, mapping_id uuid, relation text, source_columns jsonb)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_kept_types CONSTANT text[] := ARRAY[
        'smallint', 'integer', 'bigint', 'numeric', 'real', 'double precision', 'boolean', 'date',
        'timestamp without time zone', 'timestamp with time zone', 'uuid', 'json', 'jsonb'
    ];
    v_table   CONSTANT text := data.source_object('rows', mapping_id);
    v_columns text;
BEGIN
    SELECT string_agg(
        format('%I %s', s.entry ->> 'column',
            CASE WHEN s.entry ->> 'type' = ANY (v_kept_types) THEN s.entry ->> 'type' ELSE 'text' END),
        ', ' ORDER BY s.position)
    INTO v_columns
    FROM jsonb_array_elements(source_columns) WITH ORDINALITY AS s (entry, position);
    IF to_regclass(format('data_source.%I', v_table)) IS NOT NULL THEN
        EXECUTE format('DROP FOREIGN TABLE data_source.%I', v_table);
    END IF;
    EXECUTE format(
        'CREATE FOREIGN TABLE data_source.%I (%s) SERVER %I OPTIONS (schema_name %L, table_name %L)',
        v_table, v_columns, data.source_object('source', connection.connection_id),
        connection.configuration ->> 'schema', relation
    );
END;
$$;
COMMENT ON FUNCTION data.build_source_table(data.connections, uuid, text, jsonb) IS 'Makes the foreign table that a mapping reads.';
