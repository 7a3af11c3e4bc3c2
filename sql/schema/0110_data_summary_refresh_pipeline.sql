-- Runs as: administrator
--
-- Brings the pipeline up to date without locking its readers out.
--
-- Role:    pgserver_owner, through data.refresh_pipeline()
-- Definer: the owner of the materialized view, who alone may refresh it
SET LOCAL ROLE data_refresher;

CREATE FUNCTION data_summary.refresh_pipeline()
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    REFRESH MATERIALIZED VIEW CONCURRENTLY data_summary.pipeline_by_stage_month;
END;
$$;
COMMENT ON FUNCTION data_summary.refresh_pipeline() IS 'Refreshes the pipeline by stage and month.';
REVOKE ALL ON FUNCTION data_summary.refresh_pipeline() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION data_summary.refresh_pipeline() TO pgserver_owner;

RESET ROLE;
