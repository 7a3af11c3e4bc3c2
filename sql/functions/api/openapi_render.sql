-- Fills a dialect's template: ${slot} becomes the JSON text of its value, or null without one
-- (no faults are nothing at all); [[slot:…]] is kept only if the slot has a value. Brackets inside a section are
-- balanced, which tells the end of an array from the end of the section.
--
-- Errors: PT500 unbalanced_template  500  a section is never closed
CREATE OR REPLACE FUNCTION api.openapi_render(template text, slots jsonb)
RETURNS text LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_rest   text := template;
    v_result text := '';
    v_match  text[];
    v_head   int;
    v_at     int;
    v_depth  int;
    v_letter text;
BEGIN
    LOOP
        v_match := regexp_match(v_rest, '\[\[([a-z_]+):|\$\{([a-z_]+)\}');
        EXIT WHEN v_match IS NULL;
        IF v_match[2] IS NOT NULL THEN
            v_head := strpos(v_rest, '${' || v_match[2] || '}');
            v_result := v_result || left(v_rest, v_head - 1) || coalesce(
                (slots -> v_match[2])::text, CASE v_match[2] WHEN 'faults' THEN '' ELSE 'null' END);
            v_rest := substr(v_rest, v_head + length(v_match[2]) + 3);
            CONTINUE;
        END IF;
        v_head := strpos(v_rest, '[[' || v_match[1] || ':');
        v_result := v_result || left(v_rest, v_head - 1);
        v_rest := substr(v_rest, v_head + length(v_match[1]) + 3);
        v_depth := 0;
        v_at := 1;
        LOOP
            v_letter := substr(v_rest, v_at, 1);
            EXIT WHEN v_depth = 0 AND substr(v_rest, v_at, 2) = ']]';
            IF v_letter = '' THEN
                RAISE EXCEPTION USING
                    ERRCODE = 'PT500', MESSAGE = 'unbalanced_template',
                    DETAIL = format('Section %s is never closed.', v_match[1]);
            END IF;
            v_depth := v_depth + CASE v_letter WHEN '[' THEN 1 WHEN ']' THEN -1 ELSE 0 END;
            v_at := v_at + 1;
        END LOOP;
        IF jsonb_typeof(slots -> v_match[1]) <> 'null' THEN
            v_result := v_result || api.openapi_render(left(v_rest, v_at - 1), slots);
        END IF;
        v_rest := substr(v_rest, v_at + 2);
    END LOOP;
    RETURN v_result || v_rest;
END;
$$;
COMMENT ON FUNCTION api.openapi_render(text, jsonb) IS 'Fills a dialect''s template with the values of its slots.';
