-- The name of an object in PostgreSQL that belongs to a connection or a mapping.
--
-- Role:    pgserver_owner
-- Returns: such as rows_10ca3a8851054e24b9846e350a5fa443
CREATE OR REPLACE FUNCTION data.source_object(kind text, id uuid)
RETURNS text LANGUAGE sql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
RETURN source_object.kind || '_' || replace(source_object.id::text, '-', '');
COMMENT ON FUNCTION data.source_object(text, uuid) IS 'The name of the foreign server or table of a connection or mapping.';
