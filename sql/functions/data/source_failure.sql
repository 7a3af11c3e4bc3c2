-- What a source did wrong, as a code and a sentence. Neither carries a statement, nor a secret, which libpq never
-- repeats.
--
-- Role:    pgserver_owner
CREATE OR REPLACE FUNCTION data.source_failure(state text, message text, detail text, OUT code text, OUT sentence text)
RETURNS record LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_length_max CONSTANT int := 500;
BEGIN
    code := CASE
        WHEN detail ~ 'authentication failed|no pg_hba.conf entry|(role|database) ".*" does not exist'
            OR state IN ('28P01', '28000', '2F003') THEN 'source_refused'
        WHEN state LIKE '08%' OR state LIKE '57P%' THEN 'source_unreachable'
        WHEN state = '42501' THEN 'source_forbidden'
        WHEN state IN ('42P01', '42703', '3F000') THEN 'source_changed'
        ELSE 'source_failed'
    END;
    sentence := CASE code
        WHEN 'source_refused' THEN 'The source refused to let us in.'
        WHEN 'source_unreachable' THEN 'The source could not be reached.'
        WHEN 'source_forbidden' THEN 'The source does not let us read this.'
        WHEN 'source_changed' THEN 'The source no longer has a relation or column that is mapped.'
        ELSE 'The source could not be read.'
    END || ' It says: ' || left(concat_ws(' ', message, detail), v_length_max);
END;
$$;
COMMENT ON FUNCTION data.source_failure(text, text, text) IS 'What a source did wrong, as a code and a sentence.';
