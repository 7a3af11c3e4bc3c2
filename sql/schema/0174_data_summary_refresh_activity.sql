-- Runs as: administrator
--
-- Brings the activity by hour and day up to date without locking its readers out.
--
-- Role:    pgserver_owner, through data.refresh_activity()
-- Definer: the owner of the materialized views, who alone may refresh them
SET LOCAL ROLE data_refresher;

CREATE FUNCTION data_summary.refresh_activity()
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    REFRESH MATERIALIZED VIEW CONCURRENTLY data_summary.activity_by_hour;
    REFRESH MATERIALIZED VIEW CONCURRENTLY data_summary.activity_by_day;
END;
$$;
COMMENT ON FUNCTION data_summary.refresh_activity() IS 'Refreshes the activity by hour and day.';
REVOKE ALL ON FUNCTION data_summary.refresh_activity() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION data_summary.refresh_activity() TO pgserver_owner;

RESET ROLE;
