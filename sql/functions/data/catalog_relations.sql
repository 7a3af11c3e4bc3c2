-- Reads from a PostgreSQL source's own catalog what it has: relations, columns, keys, and about how many rows.
--
-- Role:    pgserver_owner
-- Returns: relations, [{relation, estimated_rows, key_columns, columns: [{column, type, is_nullable, position}]}], of
--          10000 columns at most; or failure_code and failure. Types are information_schema's, an array's text[] and
--          any other's own name. estimated_rows is NULL where the source has not counted.
CREATE OR REPLACE FUNCTION data.catalog_relations(
    connection data.connections, OUT relations jsonb, OUT failure_code text, OUT failure text)
RETURNS record LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_column_count_max   CONSTANT int  := 10000;
    v_relation_count_max CONSTANT int  := 20000;
    v_id                 CONSTANT uuid := connection.connection_id;
    v_columns jsonb[];
    v_sizes   jsonb[];
    v_keys    jsonb[];
BEGIN
    PERFORM data.build_catalog_tables(connection);
    SELECT r.source_rows, r.failure_code, r.failure
    INTO v_columns, failure_code, failure
    FROM data.read_source(format(
        'SELECT array_agg(to_jsonb(c)) FROM ('
        'SELECT table_name, column_name, ordinal_position, data_type, is_nullable, udt_name FROM data_source.%I'
        ' WHERE table_schema = %L ORDER BY table_name, ordinal_position LIMIT %s) AS c',
        data.source_object('types', v_id), connection.configuration ->> 'schema', v_column_count_max)) AS r;
    IF failure_code IS NULL THEN
        SELECT r.source_rows, r.failure_code, r.failure
        INTO v_sizes, failure_code, failure
        FROM data.read_source(format(
            'SELECT array_agg(to_jsonb(c)) FROM ('
            'SELECT r.oid, r.relname, r.reltuples::bigint AS reltuples FROM data_source.%I AS r'
            ' JOIN data_source.%I AS n ON n.oid = r.relnamespace WHERE n.nspname = %L LIMIT %s) AS c',
            data.source_object('relations', v_id), data.source_object('namespaces', v_id),
            connection.configuration ->> 'schema', v_relation_count_max)) AS r;
    END IF;
    IF failure_code IS NULL THEN
        SELECT r.source_rows, r.failure_code, r.failure
        INTO v_keys, failure_code, failure
        FROM data.read_source(format(
            'SELECT array_agg(to_jsonb(c)) FROM ('
            'SELECT k.indrelid, k.indkey FROM data_source.%I AS k WHERE k.indisprimary LIMIT %s) AS c',
            data.source_object('keys', v_id), v_relation_count_max)) AS r;
    END IF;
    IF failure_code IS NOT NULL THEN
        RETURN;
    END IF;

    WITH found AS (
        SELECT
            c.entry ->> 'table_name' AS relation, c.entry ->> 'column_name' AS name,
            (c.entry ->> 'ordinal_position')::int AS position, c.entry ->> 'is_nullable' = 'YES' AS is_nullable,
            CASE c.entry ->> 'data_type'
                WHEN 'USER-DEFINED' THEN c.entry ->> 'udt_name'
                WHEN 'ARRAY' THEN ltrim(c.entry ->> 'udt_name', '_') || '[]'
                ELSE c.entry ->> 'data_type'
            END AS type
        FROM unnest(v_columns) AS c (entry)
    ), keys AS (
        SELECT s.entry ->> 'relname' AS relation, string_to_array(k.entry ->> 'indkey', ' ')::int[] AS positions
        FROM unnest(v_keys) AS k (entry)
        JOIN unnest(v_sizes) AS s (entry) ON s.entry -> 'oid' = k.entry -> 'indrelid'
    )
    SELECT COALESCE(jsonb_agg(jsonb_build_object(
        'relation', f.relation,
        'estimated_rows', (
            SELECT nullif((s.entry ->> 'reltuples')::bigint, -1)
            FROM unnest(v_sizes) AS s (entry)
            WHERE s.entry ->> 'relname' = f.relation
        ),
        'key_columns', COALESCE((
            SELECT jsonb_agg(o.name ORDER BY array_position(k.positions, o.position))
            FROM keys AS k
            JOIN found AS o ON o.relation = k.relation AND o.position = ANY (k.positions)
            WHERE k.relation = f.relation
        ), '[]'),
        'columns', f.columns) ORDER BY f.relation), '[]')
    INTO relations
    FROM (
        SELECT
            o.relation,
            jsonb_agg(jsonb_build_object(
                'column', o.name, 'type', o.type, 'is_nullable', o.is_nullable, 'position', o.position
            ) ORDER BY o.position) AS columns
        FROM found AS o
        GROUP BY o.relation
    ) AS f;
END;
$$;
COMMENT ON FUNCTION data.catalog_relations(data.connections) IS 'Reads from a PostgreSQL source''s own catalog what it has.';
