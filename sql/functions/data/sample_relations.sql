-- Adds to what was found in a PostgreSQL source some of the values of each column: of the first rows of each relation
-- that may be read. One that may not be read is left as it is.
--
-- Role:    pgserver_owner
-- Returns: the relations, each column with sample: [up to 10 different texts of at most 60 characters]
CREATE OR REPLACE FUNCTION data.sample_relations(connection data.connections, relations jsonb)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_relation_count_max CONSTANT int := 200;
    v_row_count_max      CONSTANT int := 50;
    v_value_count_max    CONSTANT int := 10;
    v_length_max         CONSTANT int := 60;
    v_table   CONSTANT text := data.source_object('sample', connection.connection_id);
    v_count   CONSTANT int  := least(jsonb_array_length(sample_relations.relations), v_relation_count_max);
    v_result  jsonb := sample_relations.relations;
    v_entry   jsonb;
    v_rows    jsonb[];
BEGIN
    FOR v_index IN 0 .. v_count - 1
    LOOP
        v_entry := v_result -> v_index;
        EXECUTE format(
            'CREATE FOREIGN TABLE data_source.%I (%s) SERVER %I OPTIONS (schema_name %L, table_name %L)',
            v_table, (
                SELECT string_agg(format('%I text', c.entry ->> 'column'), ', ')
                FROM jsonb_array_elements(v_entry -> 'columns') AS c (entry)
            ),
            data.source_object('source', connection.connection_id), connection.configuration ->> 'schema',
            v_entry ->> 'relation');
        SELECT s.source_rows
        INTO v_rows
        FROM data.read_source(format(
            'SELECT array_agg(to_jsonb(r)) FROM (SELECT * FROM data_source.%I LIMIT %s) AS r', v_table, v_row_count_max)) AS s;
        EXECUTE format('DROP FOREIGN TABLE data_source.%I', v_table);
        CONTINUE WHEN v_rows IS NULL;
        v_result := jsonb_set(v_result, ARRAY[v_index::text, 'columns'], (
            SELECT jsonb_agg(c.entry || jsonb_build_object('sample', (
                SELECT COALESCE(jsonb_agg(d.value ORDER BY d.first_position), '[]')
                FROM (
                    SELECT left(r.entry ->> (c.entry ->> 'column'), v_length_max) AS value, min(r.position) AS first_position
                    FROM unnest(v_rows) WITH ORDINALITY AS r (entry, position)
                    WHERE r.entry ->> (c.entry ->> 'column') <> ''
                    GROUP BY 1
                    ORDER BY 2
                    LIMIT v_value_count_max
                ) AS d
            )) ORDER BY c.position)
            FROM jsonb_array_elements(v_entry -> 'columns') WITH ORDINALITY AS c (entry, position)
        ));
        PERFORM work.progress(0.2 + 0.6 * (v_index + 1) / v_count, 'looking at values');
    END LOOP;
    RETURN v_result;
END;
$$;
COMMENT ON FUNCTION data.sample_relations(data.connections, jsonb) IS
    'Adds to what was found in a PostgreSQL source some of the values of each column.';
