-- The bounds that a domain's checks state, its own and those of the domains below it. Only conjunctions of the plain
-- forms are read (VALUE against a number, the length of VALUE against a number, VALUE against a regular expression,
-- VALUE in a list); whatever else a check says, PostgreSQL still enforces when the argument is bound.
--
-- Role:    nobody; part of api.catalog_parameters()
CREATE OR REPLACE FUNCTION api.domain_bounds(
    type oid, OUT base_type oid, OUT minimum text, OUT maximum text, OUT min_length integer, OUT max_length integer,
    OUT pattern text, OUT enum_values text[])
LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_value   CONSTANT text := '\(?VALUE\)?(?:::[a-z ]+)?';
    v_number  CONSTANT text := '''?\(?(-?[0-9]+(?:\.[0-9]+)?)\)?''?(?:::[a-z ]+)?';
    v_type    pg_catalog.pg_type;
    v_check   text;
    v_plain   text;
    v_match   text[];
    v_numeric numeric;
    v_whole   boolean;
BEGIN
    base_type := domain_bounds.type;
    SELECT t.* INTO v_type FROM pg_catalog.pg_type AS t WHERE t.oid = base_type;
    WHILE v_type.typtype = 'd' LOOP
        v_whole := v_type.typbasetype IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype);
        IF v_type.typbasetype IN ('varchar'::regtype, 'bpchar'::regtype) AND v_type.typtypmod > 4 THEN
            max_length := LEAST(max_length, v_type.typtypmod - 4);
        END IF;
        FOR v_check IN
            SELECT pg_catalog.pg_get_constraintdef(c.oid)
            FROM pg_catalog.pg_constraint AS c
            WHERE c.contypid = base_type AND c.contype = 'c'
        LOOP
            v_plain := regexp_replace(v_check, '''(?:[^'']|'''')*''', '''''', 'g');
            CONTINUE WHEN v_plain ~ '\m(OR|NOT|CASE|COALESCE|NULLIF)\M';
            FOR v_match IN SELECT regexp_matches(v_check, '\(' || v_value || ' (>=|>|<=|<) ' || v_number || '\)', 'g') LOOP
                v_numeric := v_match[2]::numeric;
                IF v_match[1] IN ('>', '<') THEN
                    CONTINUE WHEN NOT v_whole;
                    v_numeric := v_numeric + CASE v_match[1] WHEN '>' THEN 1 ELSE -1 END;
                END IF;
                IF v_match[1] IN ('>=', '>') THEN
                    minimum := GREATEST(minimum::numeric, v_numeric)::text;
                ELSE
                    maximum := LEAST(maximum::numeric, v_numeric)::text;
                END IF;
            END LOOP;
            FOR v_match IN
                SELECT regexp_matches(
                    v_check,
                    '\((?:char_length|length|character_length)\(' || v_value || '\) (>=|>|<=|<|=) ([0-9]+)\)', 'g')
            LOOP
                IF v_match[1] IN ('>=', '>', '=') THEN
                    min_length := GREATEST(min_length, v_match[2]::integer + (v_match[1] = '>')::integer);
                END IF;
                IF v_match[1] IN ('<=', '<', '=') THEN
                    max_length := LEAST(max_length, v_match[2]::integer - (v_match[1] = '<')::integer);
                END IF;
            END LOOP;
            v_match := regexp_match(v_check, '\(' || v_value || ' ~ ''((?:[^'']|'''')*)''(?:::text)?\)');
            IF v_match IS NOT NULL THEN
                pattern := COALESCE(pattern, replace(v_match[1], '''''', ''''));
            END IF;
            v_match := regexp_match(v_check, '\(' || v_value || ' = ANY \(\(?ARRAY\[(.*)\]');
            IF v_match IS NOT NULL THEN
                enum_values := ARRAY(
                    SELECT replace(e.item[1], '''''', '''')
                    FROM regexp_matches(v_match[1], '''((?:[^'']|'''')*)''', 'g') WITH ORDINALITY AS e (item, n)
                    ORDER BY e.n);
            END IF;
        END LOOP;
        base_type := v_type.typbasetype;
        SELECT t.* INTO v_type FROM pg_catalog.pg_type AS t WHERE t.oid = base_type;
    END LOOP;
    IF v_type.typtype = 'e' THEN
        enum_values := ARRAY(
            SELECT e.enumlabel::text FROM pg_catalog.pg_enum AS e WHERE e.enumtypid = base_type ORDER BY e.enumsortorder);
    END IF;
END;
$$;
COMMENT ON FUNCTION api.domain_bounds(oid) IS 'The bounds that a domain''s checks state.';
