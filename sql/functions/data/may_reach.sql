-- Requires: functions/data/check_egress.sql
-- Whether the settings allow a connection to lead where it leads. Files and pushes lead nowhere.
--
-- Role:    pgserver_owner
CREATE OR REPLACE FUNCTION data.may_reach(connection data.connections)
RETURNS boolean LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    IF data.is_foreign_source(connection.connection_type) THEN
        PERFORM data.check_egress(
            connection.configuration ->> 'host', (connection.configuration ->> 'port')::int,
            connection.configuration ->> 'database');
    END IF;
    RETURN true;
EXCEPTION WHEN SQLSTATE 'PT422' THEN
    RETURN false;
END;
$$;
COMMENT ON FUNCTION data.may_reach(data.connections) IS 'Whether the settings allow a connection to lead where it leads.';
