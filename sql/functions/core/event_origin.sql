-- Which cluster and database this is: what a restored copy of the log of events is told from the original by.
--
-- Role:    pgserver_owner
CREATE OR REPLACE FUNCTION core.event_origin()
RETURNS text LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN (
        SELECT format('%s/%s', c.system_identifier, d.oid)
        FROM pg_catalog.pg_control_system() AS c
        CROSS JOIN pg_catalog.pg_database AS d
        WHERE d.datname = current_database()
    );
END;
$$;
COMMENT ON FUNCTION core.event_origin() IS 'Which cluster and database this is.';
