-- Asks a source which columns we may read there.
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
COMMENT ON FUNCTION data.source_columns(data.connections, text) IS 'Asks a source which columns we may read there.';
