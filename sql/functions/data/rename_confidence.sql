-- Requires: functions/data/name_words.sql
-- How sure it is that one column was renamed to another of the same type. Three kinds of evidence, each of which alone
-- leaves doubt: alike names, the same values among those looked at, and the same place. A database keeps a column's place
-- when it is renamed and never gives it to another, a file's order is a weaker sign. Values that hardly differ among
-- themselves (yes, no) prove little.
--
-- Role:    pgserver_owner
-- Returns: 1 - (1 - 0.75 n) (1 - 0.6 v) (1 - p), each from 0 to 1: 0.98 for all of them, 0.7 for a database's place alone
CREATE OR REPLACE FUNCTION data.rename_confidence(old_column jsonb, new_column jsonb, has_fixed_places boolean)
RETURNS numeric LANGUAGE sql
STABLE PARALLEL SAFE SECURITY INVOKER
RETURN (
    SELECT round(1 - (1 - 0.75 * e.name) * (1 - CASE WHEN e.distinct_count >= 3 THEN 0.6 ELSE 0.3 END * e.value) * (1 - e.place), 3)
    FROM (
        SELECT
            greatest(
                ext.similarity(
                    data.name_words(rename_confidence.old_column ->> 'column'),
                    data.name_words(rename_confidence.new_column ->> 'column')),
                0.8 * ext.strict_word_similarity(
                    data.name_words(rename_confidence.old_column ->> 'column'),
                    data.name_words(rename_confidence.new_column ->> 'column')),
                0.8 * ext.strict_word_similarity(
                    data.name_words(rename_confidence.new_column ->> 'column'),
                    data.name_words(rename_confidence.old_column ->> 'column')))::numeric AS name,
            v.common::numeric / greatest(v.distinct_count, 1) AS value,
            v.distinct_count,
            CASE
                WHEN rename_confidence.old_column -> 'position' IS DISTINCT FROM rename_confidence.new_column -> 'position' THEN 0
                WHEN rename_confidence.has_fixed_places THEN 0.7
                ELSE 0.4
            END AS place
        FROM (
            SELECT
                count(*) FILTER (WHERE rename_confidence.new_column -> 'sample' @> jsonb_build_array(s.value)) AS common,
                least(
                    count(*), jsonb_array_length(COALESCE(rename_confidence.new_column -> 'sample', '[]'))) AS distinct_count
            FROM jsonb_array_elements(COALESCE(rename_confidence.old_column -> 'sample', '[]')) AS s (value)
        ) AS v
    ) AS e
);
COMMENT ON FUNCTION data.rename_confidence(jsonb, jsonb, boolean) IS 'How sure it is that one column was renamed to another.';
