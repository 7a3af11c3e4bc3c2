-- Connects a PostgreSQL database as a source.
--
-- Role:    member, worker
-- Returns: the connection's id
-- Errors:  those of data.create_connection
CREATE OR REPLACE FUNCTION data.connect_postgres(name text, configuration jsonb, password text)
RETURNS uuid LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN data.create_connection(
        connect_postgres.name, 'postgres', connect_postgres.configuration,
        jsonb_build_object('password', connect_postgres.password));
END;
$$;
COMMENT ON FUNCTION data.connect_postgres(text, jsonb, text) IS 'Connects a PostgreSQL database as a source.';
GRANT EXECUTE ON FUNCTION data.connect_postgres(text, jsonb, text) TO member, worker;
