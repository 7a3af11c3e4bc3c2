-- The file whose declarations are being made, as the migration states it, and the removal of what the same file
-- declared in an earlier transaction. Every declaring function asks it first.
--
-- Role:    pgserver_owner
-- Returns: the path; 'interactive' where nobody states one
CREATE OR REPLACE FUNCTION core.declaring_file()
RETURNS text LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_file CONSTANT text := nullif(current_setting('api.declaring_file', true), '');
BEGIN
    IF v_file IS NULL THEN
        RETURN 'interactive';
    END IF;
    PERFORM core.forget_file(v_file, pg_current_xact_id());
    RETURN v_file;
END;
$$;
COMMENT ON FUNCTION core.declaring_file() IS 'The file whose declarations are being made.';
