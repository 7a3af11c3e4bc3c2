-- Requires: functions/data/discovery_settings.sql
-- Tells from the rows of files and from pushed records which relations and columns there are.
--
-- A type is what all values of a column look like: integer, numeric, boolean, date, timestamptz, json, else text. Numbers
-- that begin with 0 are text, for they are codes. What is pushed has types of its own, so there a text of digits stays
-- text. NA and the like stand for no value where all other values of a file's column are numbers, times or truths: the
-- column is of their type, and null_values names the words, for a mapping to leave them out, {"enum": {"NA": ""}}.
--
-- Of a relation with many rows some are looked at: the first, the last, and others evenly between.
--
-- A field of pushed records has gone when those that came since the last look lack it, though by how often it was there
-- before five at least should have had it. The last look is the one since which twenty have come.
--
-- Role:    pgserver_owner
-- Returns: [{relation, estimated_rows, generation, last_row_no, sampled_rows?, window_rows?, key_columns, key_candidates,
--          columns: [{column, type, is_nullable, is_empty?, null_values?, position, sample}]}]. sampled_rows: so many of more were
--          looked at. window_rows: so many came since the last look. A column without a value is_empty, its type a guess.
CREATE OR REPLACE FUNCTION data.inferred_relations(connection data.connections)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_value_count_max  CONSTANT int     := 10;
    v_candidate_max    CONSTANT int     := 20;
    v_column_count_max CONSTANT int     := 2000;
    v_length_max       CONSTANT int     := 60;
    v_expected_min     CONSTANT numeric := 5;
    v_window_min       CONSTANT int     := 20;
    v_markers          CONSTANT text[]  := '{NA,N/A,#N/A,NULL,null,None,NaN,nan,\\N,-}';
    v_sample_max       CONSTANT bigint  := least(greatest(core.setting_integer('data.discovery_sample_rows'), 100), 1000000);
    v_is_pushed        CONSTANT boolean := (
        SELECT 'push' = ANY (t.capabilities)
        FROM data.connection_types AS t
        WHERE t.connection_type = connection.connection_type
    );
    v_known    jsonb;
    v_before   jsonb;
    v_result   jsonb := '[]';
    v_entry    jsonb;
    v_source   data.source_relations;
    v_order    text[];
    v_row_nos  bigint[];
    v_mark     bigint;
    v_count    bigint;
    v_window   bigint;
BEGIN
    SELECT s.relations INTO v_known
    FROM data.schema_snapshots AS s
    WHERE s.tenant_id = connection.tenant_id AND s.connection_id = connection.connection_id
    ORDER BY s.version DESC
    LIMIT 1;
    FOR v_source IN
        SELECT r.*
        FROM data.source_relations AS r
        WHERE r.tenant_id = connection.tenant_id AND r.connection_id = connection.connection_id AND r.generation > 0
        ORDER BY r.relation
    LOOP
        SELECT b.entry INTO v_before
        FROM jsonb_array_elements(v_known) AS b (entry)
        WHERE b.entry ->> 'relation' = v_source.relation;
        v_mark := CASE WHEN v_is_pushed AND (v_before ->> 'generation')::int = v_source.generation
            THEN (v_before ->> 'last_row_no')::bigint END;

        v_order := v_source.columns;
        IF v_source.last_row_no <= v_sample_max THEN
            v_row_nos := NULL;
        ELSE
            v_row_nos := ARRAY(
                (SELECT s.row_no
                 FROM data.source_rows AS s
                 WHERE s.tenant_id = v_source.tenant_id AND s.connection_id = v_source.connection_id
                    AND s.relation = v_source.relation AND s.generation = v_source.generation AND NOT s.is_deleted
                 ORDER BY s.row_no LIMIT v_sample_max / 4)
                UNION
                (SELECT s.row_no
                 FROM data.source_rows AS s
                 WHERE s.tenant_id = v_source.tenant_id AND s.connection_id = v_source.connection_id
                    AND s.relation = v_source.relation AND s.generation = v_source.generation AND NOT s.is_deleted
                 ORDER BY s.row_no DESC LIMIT v_sample_max / 4)
                UNION
                SELECT g.row_no
                FROM generate_series(
                    1, v_source.last_row_no, greatest(v_source.last_row_no * 2 / v_sample_max, 1)) AS g (row_no)
            );
        END IF;

        WITH picked AS MATERIALIZED (
            SELECT s.row_no, s.source_row, s.row_no > v_mark AS is_new
            FROM data.source_rows AS s
            WHERE s.tenant_id = v_source.tenant_id AND s.connection_id = v_source.connection_id
                AND s.relation = v_source.relation AND s.generation = v_source.generation AND NOT s.is_deleted
                AND (v_row_nos IS NULL OR s.row_no = ANY (v_row_nos))
        ), counted AS (
            SELECT count(*) AS row_count, count(*) FILTER (WHERE p.is_new) AS window_count FROM picked AS p
        ), fields AS (
            SELECT
                f.key AS name, p.row_no, p.is_new, f.value #>> '{}' AS value,
                CASE jsonb_typeof(f.value)
                    WHEN 'null' THEN NULL
                    WHEN 'boolean' THEN 'boolean'
                    WHEN 'object' THEN 'json'
                    WHEN 'array' THEN 'json'
                    WHEN 'number' THEN CASE WHEN f.value #>> '{}' ~ '^-?\d{1,18}$' THEN 'integer' ELSE 'numeric' END
                    ELSE CASE
                        WHEN f.value = '""' THEN NULL
                        WHEN char_length(f.value #>> '{}') > v_length_max THEN 'text'
                        WHEN f.value #>> '{}' ~ '^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$' THEN 'date'
                        WHEN f.value #>> '{}' ~ '^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)? ?(Z|[+-]\d{2}(:?\d{2})?)?$'
                            THEN 'timestamptz'
                        WHEN v_is_pushed THEN 'text'
                        WHEN f.value #>> '{}' ~ '^[+-]?(0|[1-9]\d{0,17})$' THEN 'integer'
                        WHEN f.value #>> '{}' ~ '^[+-]?((0|[1-9]\d*)(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$' THEN 'numeric'
                        WHEN lower(f.value #>> '{}') IN ('true', 'false') THEN 'boolean'
                        WHEN f.value #>> '{}' = ANY (v_markers) THEN 'marker'
                        ELSE 'text'
                    END
                END AS kind
            FROM picked AS p
            CROSS JOIN LATERAL jsonb_each(p.source_row) AS f
        ), grouped AS (
            SELECT
                f.name, count(*) AS presence, count(*) FILTER (WHERE f.is_new) AS window_presence,
                count(f.kind) AS value_count,
                count(DISTINCT f.value) FILTER (WHERE f.kind IS NOT NULL) AS distinct_count,
                count(*) FILTER (WHERE f.kind = 'marker') AS marker_count,
                array_agg(DISTINCT f.value) FILTER (WHERE f.kind = 'marker') AS markers,
                array_agg(DISTINCT f.kind) FILTER (WHERE f.kind <> 'marker') AS kinds
            FROM fields AS f
            GROUP BY f.name
        ), columns AS (
            SELECT
                g.*,
                -- A marker stands for no value where all other values are of a type.
                g.marker_count > 0 AND NOT 'text' = ANY (g.kinds) AND NOT 'json' = ANY (g.kinds) AS has_markers,
                CASE
                    WHEN g.kinds IS NULL THEN 'text'
                    WHEN cardinality(g.kinds) = 1 THEN g.kinds[1]
                    WHEN g.kinds <@ '{integer,numeric}' THEN 'numeric'
                    WHEN g.kinds <@ '{date,timestamptz}' THEN 'timestamptz'
                    ELSE 'text'
                END AS type,
                row_number() OVER (ORDER BY array_position(v_order, g.name), b.position, g.name) AS position
            FROM grouped AS g
            CROSS JOIN counted AS n
            LEFT JOIN LATERAL (
                SELECT (c.entry ->> 'position')::int AS position
                FROM jsonb_array_elements(v_before -> 'columns') AS c (entry)
                WHERE c.entry ->> 'column' = g.name
            ) AS b ON true
            WHERE v_mark IS NULL OR g.window_presence > 0
                OR b.position IS NOT NULL
                    AND g.presence::numeric / n.row_count * n.window_count < v_expected_min
            ORDER BY position
            LIMIT v_column_count_max
        ), samples AS (
            SELECT t.name, jsonb_agg(t.value ORDER BY t.first_row_no) AS sample
            FROM (
                SELECT d.*, row_number() OVER (PARTITION BY d.name ORDER BY d.first_row_no) AS place
                FROM (
                    SELECT f.name, left(f.value, v_length_max) AS value, min(f.row_no) AS first_row_no
                    FROM fields AS f
                    WHERE f.kind <> 'marker'
                    GROUP BY 1, 2
                ) AS d
            ) AS t
            WHERE t.place <= v_value_count_max
            GROUP BY t.name
        )
        SELECT
            (SELECT n.row_count FROM counted AS n), (SELECT n.window_count FROM counted AS n),
            jsonb_build_object(
                'key_candidates', COALESCE((
                    SELECT jsonb_agg(k.name ORDER BY k.position)
                    FROM (
                        SELECT c.name, c.position
                        FROM columns AS c
                        CROSS JOIN counted AS n
                        WHERE c.distinct_count = n.row_count AND c.has_markers IS NOT TRUE AND c.type IN ('integer', 'text')
                        ORDER BY c.position
                        LIMIT v_candidate_max
                    ) AS k
                ), '[]'),
                'columns', COALESCE((
                    SELECT jsonb_agg(
                        jsonb_build_object(
                            'column', c.name, 'type', c.type,
                            'is_nullable', c.value_count < n.row_count OR COALESCE(c.has_markers, false),
                            'position', c.position, 'sample', COALESCE(s.sample, '[]'))
                        || CASE WHEN c.has_markers THEN jsonb_build_object('null_values', c.markers) ELSE '{}' END
                        || CASE WHEN c.value_count = 0 THEN '{"is_empty": true}'::jsonb ELSE '{}' END
                        ORDER BY c.position)
                    FROM columns AS c
                    CROSS JOIN counted AS n
                    LEFT JOIN samples AS s ON s.name = c.name
                ), '[]'))
        INTO STRICT v_count, v_window, v_entry;
        v_result := v_result || (
            jsonb_build_object(
                'relation', v_source.relation, 'estimated_rows', v_source.row_count, 'generation', v_source.generation,
                -- What came by few at a time is looked at together.
                'last_row_no', CASE WHEN v_window < v_window_min AND v_mark IS NOT NULL THEN v_mark ELSE v_source.last_row_no END,
                'key_columns', CASE WHEN v_source.key_field IS NULL THEN '[]'::jsonb ELSE jsonb_build_array(v_source.key_field) END)
            || CASE WHEN v_row_nos IS NULL THEN '{}' ELSE jsonb_build_object('sampled_rows', v_count) END
            || CASE WHEN v_mark IS NULL THEN '{}' ELSE jsonb_build_object('window_rows', v_window) END
            || v_entry);
    END LOOP;
    RETURN v_result;
END;
$$;
COMMENT ON FUNCTION data.inferred_relations(data.connections) IS
    'Tells from the rows of files and from pushed records which relations and columns there are.';
