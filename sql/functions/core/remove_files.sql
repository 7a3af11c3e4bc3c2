-- Removes files with their bytes, in whatever state.
--
-- Role:    pgserver_owner, for functions that know that nobody needs them any more
CREATE OR REPLACE FUNCTION core.remove_files(file_ids uuid[])
RETURNS void LANGUAGE sql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
BEGIN ATOMIC
    DELETE FROM core.files AS f
    WHERE f.tenant_id = (SELECT auth.tenant_id()) AND f.file_id = ANY (remove_files.file_ids);
END;
COMMENT ON FUNCTION core.remove_files(uuid[]) IS 'Removes files with their bytes.';
