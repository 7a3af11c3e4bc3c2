-- The value of a parameter's default, if it is a constant.
--
-- Role:    nobody; part of api.catalog_parameters()
-- Returns: is_constant, and the value as text; NULL for the constant NULL
CREATE OR REPLACE FUNCTION api.constant_default(expression text, OUT is_constant boolean, OUT value text)
LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_type  CONSTANT text := '(::[a-z_0-9."]+( [a-z ]+)?(\([0-9,]+\))?(\[\])?)*';
    v_inner text := constant_default.expression;
    v_match text[];
BEGIN
    v_match := regexp_match(v_inner, '^\((.*)\)' || v_type || '$');
    IF v_match IS NOT NULL THEN
        v_inner := v_match[1];
    END IF;
    is_constant := true;
    v_match := regexp_match(v_inner, '^''((?:[^'']|'''')*)''' || v_type || '$');
    IF v_match IS NOT NULL THEN
        value := replace(v_match[1], '''''', '''');
        RETURN;
    END IF;
    v_match := regexp_match(v_inner, '^(-?[0-9]+(?:\.[0-9]+)?|true|false)' || v_type || '$');
    IF v_match IS NOT NULL THEN
        value := v_match[1];
        RETURN;
    END IF;
    is_constant := v_inner ~ ('^NULL' || v_type || '$');
END;
$$;
COMMENT ON FUNCTION api.constant_default(text) IS 'The value of a parameter''s default, if it is a constant.';
