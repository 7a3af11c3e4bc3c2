-- Requires: functions/core/create_event_partitions.sql
-- Requires: functions/work/create_finished_partitions.sql
-- Checks the catalog, sees to the next days' partitions of the log of events and of finished jobs, lets the description
-- of the whole be built, and wakes the servers. The last statement of a migration.
--
-- Role:    pgserver_owner
-- Errors:  PT500 catalog_faulty  500  a sentence of api.catalog_faults() for each fault
CREATE OR REPLACE FUNCTION api.publish()
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_faults CONSTANT text := (SELECT string_agg(f.fault, E'\n') FROM api.catalog_faults() AS f (fault));
BEGIN
    IF v_faults IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'PT500', MESSAGE = 'catalog_faulty', DETAIL = v_faults;
    END IF;
    PERFORM core.create_event_partitions(), work.create_finished_partitions();
    IF to_regprocedure('api.publish_openapi(text)') IS NOT NULL THEN
        EXECUTE 'SELECT api.publish_openapi()';
    END IF;
    PERFORM pg_notify('pgserver', 'catalog');
END;
$$;
COMMENT ON FUNCTION api.publish() IS 'Checks the catalog, has it described, and wakes the servers.';
