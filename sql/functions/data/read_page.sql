-- One page of the records of a relation that the caller may see, newest first, ties by id: those that the filters leave.
--
-- A page is found by its offset, or, for lists of any length at the same cost, behind the last record of the page before:
-- the cursor. An empty one asks for the first page; each page names the next. A cursor remembers how many records there
-- were in all, so that they are counted once.
--
-- Role:    member
-- Takes:   relation: of schema data, with tenant_id and created_at; id_column: the rest of its key. document: the SQL of a
--          record's JSON, of row t. filters: {column: value}, of which null and empty ones do not count; updated_since
--          and the like bound updated_at from below, source_systems asks for one of them. total: of all records.
-- Errors:  PT400 invalid  400  the cursor is none, or an offset is stated besides
CREATE OR REPLACE FUNCTION data.read_page(
    relation text, id_column text, document text, filters jsonb, total bigint, "limit" int, "offset" int, cursor text)
RETURNS data.record_page LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_is_keyset CONSTANT boolean := read_page.cursor IS NOT NULL;
    v_position  CONSTANT text[]  := regexp_match(read_page.cursor, '^(-?\d{1,16})\.(\d{1,18})\.(.+)$');
    v_keys CONSTANT text := 'SELECT t.tenant_id, t.created_at, t.%2$I AS id FROM data.%1$I AS t WHERE %3$s';
    v_filter   text;
    v_source   text;
    v_page     data.record_page;
    v_found    int;
    v_last_at  timestamptz;
    v_last_id  text;
BEGIN
    IF v_is_keyset THEN
        PERFORM api.invalid(
            CASE WHEN read_page.cursor <> '' AND v_position IS NULL
                THEN ('cursor', 'invalid_value', 'This is no cursor; use next_cursor of the page before, or none.')::api.fault END,
            CASE WHEN read_page."offset" > 0
                THEN ('offset', 'invalid_value', 'A page is found by its offset or by a cursor, not by both.')::api.fault END);
    END IF;
    SELECT COALESCE(string_agg(
        CASE
            WHEN f.key LIKE '%\_since' THEN format('t.%I >= %L::timestamptz', replace(f.key, '_since', '_at'), f.value)
            WHEN f.key = 'source_systems' THEN format('%L = ANY (t.source_systems)', f.value)
            ELSE format('t.%I = %L', f.key, f.value)
        END, ' AND '), 'true')
    INTO v_filter
    FROM jsonb_each_text(read_page.filters) AS f
    WHERE f.value <> '';

    v_page.total := CASE
        WHEN v_position IS NOT NULL THEN v_position[2]::bigint
        WHEN v_filter = 'true' THEN read_page.total
    END;
    IF v_page.total IS NULL THEN
        EXECUTE format('SELECT count(*) FROM data.%I AS t WHERE %s', read_page.relation, v_filter) INTO v_page.total;
    END IF;

    -- Two ranges of the index rather than one comparison of two columns, which no index of mixed directions has.
    v_source := CASE
        WHEN v_position IS NULL THEN
            format(v_keys || ' ORDER BY t.created_at DESC, t.%2$I LIMIT %4$s OFFSET %5$s',
                read_page.relation, read_page.id_column, v_filter, read_page."limit" + 1, read_page."offset")
        ELSE format(
            'SELECT u.* FROM ((' || v_keys || ' AND t.created_at = %5$L AND t.%2$I > %6$L ORDER BY t.%2$I LIMIT %4$s)'
            ' UNION ALL (' || v_keys || ' AND t.created_at < %5$L ORDER BY t.created_at DESC, t.%2$I LIMIT %4$s)) AS u'
            ' ORDER BY u.created_at DESC, u.id LIMIT %4$s',
            read_page.relation, read_page.id_column, v_filter, read_page."limit" + 1,
            timestamptz 'epoch' + v_position[1]::bigint * interval '1 microsecond', v_position[3])
    END;
    EXECUTE format(
        'WITH keys AS MATERIALIZED (%s), page AS (SELECT k.* FROM keys AS k ORDER BY k.created_at DESC, k.id LIMIT %s)
        SELECT
            (SELECT json_agg(%s ORDER BY p.created_at DESC, p.id)
             FROM page AS p JOIN data.%I AS t ON t.tenant_id = p.tenant_id AND t.%I = p.id),
            (SELECT count(*) FROM keys), l.created_at, l.id
        FROM (VALUES (1)) AS one
        LEFT JOIN (SELECT p.created_at, p.id FROM page AS p ORDER BY p.created_at, p.id DESC LIMIT 1) AS l ON true',
        v_source, read_page."limit", read_page.document, read_page.relation, read_page.id_column)
    INTO STRICT v_page.items, v_found, v_last_at, v_last_id;
    v_page.items := COALESCE(v_page.items, '[]');
    v_page.item_count := least(v_found, read_page."limit");
    IF v_is_keyset AND v_found > read_page."limit" THEN
        v_page.next_cursor := format(
            '%s.%s.%s', (extract(epoch FROM v_last_at) * 1000000)::bigint, v_page.total, v_last_id);
    END IF;
    RETURN v_page;
END;
$$;
COMMENT ON FUNCTION data.read_page(text, text, text, jsonb, bigint, int, int, text) IS
    'One page of the records of a relation that the caller may see.';
GRANT EXECUTE ON FUNCTION data.read_page(text, text, text, jsonb, bigint, int, int, text) TO member;
