-- Requires: functions/api/template_slots.sql
-- What is wrong with a template.
--
-- Role:    nobody; part of api.catalog_faults()
-- Returns: the end of a sentence, or NULL: nothing is wrong
CREATE OR REPLACE FUNCTION api.template_fault(template text, use text)
RETURNS text LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_allowed CONSTANT text[] := api.template_slots(template_fault.use);
    v_unknown text;
    v_token   text;
    v_is_open boolean := false;
BEGIN
    SELECT s.slot[1] INTO v_unknown
    FROM regexp_matches(template_fault.template, '(?:\$\{|\[\[)([a-z_]*)[}:]', 'g') AS s (slot)
    WHERE s.slot[1] <> ALL (v_allowed)
    LIMIT 1;
    IF FOUND THEN
        RETURN format('has the unknown slot %s', v_unknown);
    END IF;
    FOR v_token IN
        SELECT t.token[1] FROM regexp_matches(template_fault.template, '\[\[[a-z_]+:|\]\]', 'g') AS t (token)
    LOOP
        IF v_is_open = (v_token <> ']]') THEN
            RETURN 'has an unbalanced section';
        END IF;
        v_is_open := NOT v_is_open;
    END LOOP;
    RETURN CASE WHEN v_is_open THEN 'has an unbalanced section' END;
END;
$$;
COMMENT ON FUNCTION api.template_fault(text, text) IS 'What is wrong with a template.';
