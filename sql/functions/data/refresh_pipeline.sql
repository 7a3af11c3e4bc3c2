-- Brings bi.pipeline_by_month up to date, for all tenants at once and without locking readers out.
--
-- Role:    worker
-- Definer: lends the refreshing of the materialized view behind it
CREATE OR REPLACE FUNCTION data.refresh_pipeline()
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM data_summary.refresh_pipeline();
END;
$$;
COMMENT ON FUNCTION data.refresh_pipeline() IS 'Brings bi.pipeline_by_month up to date, for all tenants.';
GRANT EXECUTE ON FUNCTION data.refresh_pipeline() TO worker;
