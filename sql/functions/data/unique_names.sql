-- The names of a header, made different from each other: what has no name is called column and its number, and a name
-- that has been there gets a number behind it.
--
-- Role:    pgserver_owner
CREATE OR REPLACE FUNCTION data.unique_names(names text[])
RETURNS text[] LANGUAGE plpgsql
IMMUTABLE STRICT PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_name_length_max CONSTANT int := 200;
    v_unique text[] := '{}';
    v_given  text;
    v_name   text;
    v_count  int;
BEGIN
    FOREACH v_given IN ARRAY unique_names.names LOOP
        v_given := COALESCE(
            nullif(left(btrim(v_given, E' \t\r\n\u00A0'), v_name_length_max), ''), 'column_' || cardinality(v_unique) + 1);
        v_name := v_given;
        v_count := 1;
        WHILE v_name = ANY (v_unique) LOOP
            v_count := v_count + 1;
            v_name := v_given || '_' || v_count;
        END LOOP;
        v_unique := v_unique || v_name;
    END LOOP;
    RETURN v_unique;
END;
$$;
COMMENT ON FUNCTION data.unique_names(text[]) IS 'The names of a header, made different from each other.';
