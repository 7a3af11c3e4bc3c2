-- Says which columns a source has: asks it, or, of files and pushes, looks at the latest snapshot.
--
-- Role:    pgserver_owner
-- Returns: source_columns, an array of {relation, column, type, is_nullable} in the source's order, 10000 at most;
--          or failure_code and failure
CREATE OR REPLACE FUNCTION data.source_columns(
    connection data.connections, relation text DEFAULT NULL,
    OUT source_columns jsonb, OUT failure_code text, OUT failure text)
RETURNS record LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_column_count_max CONSTANT int := 10000;
    v_rows             jsonb[];
BEGIN
    IF NOT data.is_foreign_source(connection.connection_type) THEN
        SELECT COALESCE(jsonb_agg(c.entry ORDER BY c.relation_no, c.column_no), '[]')
        INTO source_columns
        FROM (
            SELECT
                r.position AS relation_no, f.position AS column_no,
                jsonb_build_object(
                    'relation', r.entry ->> 'relation', 'column', f.entry ->> 'column', 'type', f.entry ->> 'type',
                    'is_nullable', COALESCE(f.entry -> 'is_nullable', 'true')) AS entry
            FROM (
                SELECT s.relations
                FROM data.schema_snapshots AS s
                WHERE s.tenant_id = connection.tenant_id AND s.connection_id = connection.connection_id
                ORDER BY s.version DESC
                LIMIT 1
            ) AS latest
            CROSS JOIN LATERAL jsonb_array_elements(latest.relations) WITH ORDINALITY AS r (entry, position)
            CROSS JOIN LATERAL jsonb_array_elements(r.entry -> 'columns') WITH ORDINALITY AS f (entry, position)
            WHERE source_columns.relation IS NULL OR r.entry ->> 'relation' = source_columns.relation
            ORDER BY r.position, f.position
            LIMIT v_column_count_max
        ) AS c;
        RETURN;
    END IF;
    SELECT r.source_rows, r.failure_code, r.failure
    INTO v_rows, failure_code, failure
    FROM data.read_source(format(
        'SELECT array_agg(to_jsonb(c)) FROM ('
        'SELECT table_name AS relation, column_name AS "column", data_type AS type, is_nullable = ''YES'' AS is_nullable'
        ' FROM data_source.%I WHERE table_schema = %L%s ORDER BY table_name, ordinal_position LIMIT %s) AS c',
        data.source_object('columns', connection.connection_id),
        connection.configuration ->> 'schema',
        CASE WHEN relation IS NOT NULL THEN format(' AND table_name = %L', relation) ELSE '' END,
        v_column_count_max
    )) AS r;
    IF failure_code IS NULL THEN
        source_columns := COALESCE(to_jsonb(v_rows), '[]');
    END IF;
END;
$$;
COMMENT ON FUNCTION data.source_columns(data.connections, text) IS 'Says which columns a source has.';
