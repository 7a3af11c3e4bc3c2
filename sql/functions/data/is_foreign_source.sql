-- Whether a kind of connection is read where it is, through a foreign server. The rows of all others are kept here, in
-- data.source_rows.
--
-- Role:    pgserver_owner, member
-- Returns: true for PostgreSQL and what speaks its protocol
CREATE OR REPLACE FUNCTION data.is_foreign_source(connection_type text)
RETURNS boolean LANGUAGE sql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
RETURN is_foreign_source.connection_type IN ('postgres', 'supabase');
COMMENT ON FUNCTION data.is_foreign_source(text) IS 'Whether a kind of connection is read through a foreign server.';
GRANT EXECUTE ON FUNCTION data.is_foreign_source(text) TO member, worker;
