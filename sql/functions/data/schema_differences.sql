-- Requires: functions/data/rename_confidence.sql
-- What is other in one look at a source than in the one before. A column that went and one of its type that came are one
-- that was renamed if that is more likely than not and each is the other's best match.
--
-- What the source's catalog says is certain. What was told from some rows of many is as certain as they are many: a
-- field that n rows lack is in fewer than 3 of n + 3 others, in nineteen cases of twenty.
--
-- Role:    pgserver_owner
-- Returns: a row for each difference; old_schema and new_schema are {fields: [name], relation, types: {name: type}},
--          the types of what is different alone
CREATE OR REPLACE FUNCTION data.schema_differences(old_relations jsonb, new_relations jsonb, has_fixed_places boolean)
RETURNS TABLE (
    event_type text, relation text, field text, new_field text, old_schema jsonb, new_schema jsonb, confidence numeric)
LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
#variable_conflict use_column
DECLARE
    v_pair_count_max CONSTANT int     := 100000;
    v_likely         CONSTANT numeric := 0.5;
BEGIN
    RETURN QUERY
    WITH relations AS MATERIALIZED (
        SELECT
            COALESCE(o.entry ->> 'relation', n.entry ->> 'relation') AS relation, o.entry AS old_entry, n.entry AS new_entry,
            COALESCE(1 - 3.0 / ((n.entry ->> 'sampled_rows')::numeric + 3), 1) AS certainty,
            COALESCE(1 - 3.0 / (COALESCE(n.entry ->> 'window_rows', n.entry ->> 'sampled_rows')::numeric + 3), 1) AS absence,
            jsonb_build_object(
                'relation', o.entry -> 'relation', 'fields', COALESCE(jsonb_path_query_array(o.entry, '$.columns[*].column'), '[]')) AS old_schema,
            jsonb_build_object(
                'relation', n.entry -> 'relation', 'fields', COALESCE(jsonb_path_query_array(n.entry, '$.columns[*].column'), '[]')) AS new_schema
        FROM jsonb_array_elements(schema_differences.old_relations) AS o (entry)
        FULL JOIN jsonb_array_elements(schema_differences.new_relations) AS n (entry)
            ON n.entry ->> 'relation' = o.entry ->> 'relation'
    ), columns AS MATERIALIZED (
        SELECT r.relation, c.name, c.old_column, c.new_column
        FROM relations AS r
        CROSS JOIN LATERAL (
            SELECT COALESCE(o.entry ->> 'column', n.entry ->> 'column') AS name, o.entry AS old_column, n.entry AS new_column
            FROM jsonb_array_elements(r.old_entry -> 'columns') AS o (entry)
            FULL JOIN jsonb_array_elements(r.new_entry -> 'columns') AS n (entry)
                ON n.entry ->> 'column' = o.entry ->> 'column'
        ) AS c
        WHERE r.old_entry IS NOT NULL AND r.new_entry IS NOT NULL
            AND (c.old_column IS NULL OR c.new_column IS NULL
                OR c.old_column -> 'type' <> c.new_column -> 'type'
                    AND NOT c.old_column ? 'is_empty' AND NOT c.new_column ? 'is_empty')
    ), few AS (
        SELECT c.relation
        FROM columns AS c
        GROUP BY c.relation
        HAVING count(*) FILTER (WHERE c.new_column IS NULL) * count(*) FILTER (WHERE c.old_column IS NULL) <= v_pair_count_max
    ), pairs AS MATERIALIZED (
        SELECT p.*
        FROM (
            SELECT
                g.relation, g.name AS field, a.name AS new_field, f.confidence,
                row_number() OVER (PARTITION BY g.relation, g.name ORDER BY f.confidence DESC, a.name) AS place_of_new,
                row_number() OVER (PARTITION BY g.relation, a.name ORDER BY f.confidence DESC, g.name) AS place_of_old
            FROM columns AS g
            JOIN few AS w ON w.relation = g.relation
            JOIN columns AS a ON a.relation = g.relation AND a.old_column IS NULL
                AND (a.new_column -> 'type' = g.old_column -> 'type' OR a.new_column ? 'is_empty' OR g.old_column ? 'is_empty')
            CROSS JOIN LATERAL data.rename_confidence(
                g.old_column, a.new_column, schema_differences.has_fixed_places) AS f (confidence)
            WHERE g.new_column IS NULL
        ) AS p
        WHERE p.place_of_new = 1 AND p.place_of_old = 1 AND p.confidence >= v_likely
    ), found AS (
        SELECT
            CASE WHEN r.old_entry IS NULL THEN 'table_added' ELSE 'table_removed' END AS event_type, r.relation,
            NULL::text AS field, NULL::text AS new_field, NULL::jsonb AS old_column, NULL::jsonb AS new_column, 1 AS confidence
        FROM relations AS r
        WHERE r.old_entry IS NULL OR r.new_entry IS NULL
        UNION ALL
        SELECT 'field_renamed', p.relation, p.field, p.new_field, o.old_column, n.new_column, p.confidence
        FROM pairs AS p
        JOIN columns AS o ON o.relation = p.relation AND o.name = p.field
        JOIN columns AS n ON n.relation = p.relation AND n.name = p.new_field
        UNION ALL
        SELECT
            CASE
                WHEN c.old_column IS NULL THEN 'field_added'
                WHEN c.new_column IS NULL THEN 'field_removed'
                ELSE 'type_changed'
            END,
            c.relation, c.name, NULL, c.old_column, c.new_column,
            CASE WHEN c.old_column IS NULL THEN 1 WHEN c.new_column IS NULL THEN r.absence ELSE r.certainty END
        FROM columns AS c
        JOIN relations AS r ON r.relation = c.relation
        WHERE NOT EXISTS (
            SELECT FROM pairs AS p WHERE p.relation = c.relation AND c.name IN (p.field, p.new_field)
                AND (c.old_column IS NULL OR c.new_column IS NULL)
        )
    )
    SELECT
        f.event_type, f.relation, f.field, f.new_field,
        r.old_schema || CASE WHEN f.old_column IS NULL THEN '{}'
            ELSE jsonb_build_object('types', jsonb_build_object(f.field, f.old_column -> 'type')) END,
        r.new_schema || CASE WHEN f.new_column IS NULL THEN '{}'
            ELSE jsonb_build_object('types', jsonb_build_object(COALESCE(f.new_field, f.field), f.new_column -> 'type')) END,
        round(f.confidence, 3)
    FROM found AS f
    JOIN relations AS r ON r.relation = f.relation
    ORDER BY f.relation, f.event_type, f.field;
END;
$$;
COMMENT ON FUNCTION data.schema_differences(jsonb, jsonb, boolean) IS
    'What is other in one look at a source than in the one before.';
