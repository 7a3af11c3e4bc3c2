-- Makes room for a file whose bytes are to come.
--
-- Role:    member, worker
-- Definer: lends the writing of core.files, for the caller's tenant
-- Returns: its id
-- Errors:  PT401 unauthenticated         401  nobody is signed in
--          23514 files_name_check        422  the name is empty or too long
--          23514 files_media_type_check  422  the media type is empty or too long
CREATE OR REPLACE FUNCTION core.begin_file(name text, media_type text)
RETURNS uuid LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_file_id uuid;
BEGIN
    IF auth.tenant_id() IS NULL THEN
        PERFORM api.fail('unauthenticated');
    END IF;
    INSERT INTO core.files AS f (name, media_type)
    VALUES (begin_file.name, begin_file.media_type)
    RETURNING f.file_id INTO STRICT v_file_id;
    RETURN v_file_id;
END;
$$;
COMMENT ON FUNCTION core.begin_file(text, text) IS 'Makes room for a file whose bytes are to come.';
GRANT EXECUTE ON FUNCTION core.begin_file(text, text) TO member, worker;
