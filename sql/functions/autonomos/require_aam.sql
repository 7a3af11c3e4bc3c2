-- Requires: functions/core/declare_setting.sql
-- Makes sure that connectors and what is known of them (/api/v1/aam) are switched on.
--
-- Role:    member
-- Errors:  PT503 unavailable  503  AAM models not configured
SELECT core.declare_setting('autonomos.aam_available', 'AAM_MODELS_AVAILABLE', 'boolean', 'true',
    'Whether /api/v1/aam and /api/v1/bulk-mappings are served. False answers them with 503.');

CREATE OR REPLACE FUNCTION autonomos.require_aam()
RETURNS void LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    IF NOT core.is_enabled('autonomos.aam_available') THEN
        PERFORM api.fail('unavailable', 'AAM models not configured', 503);
    END IF;
END;
$$;
COMMENT ON FUNCTION autonomos.require_aam() IS 'Makes sure that /api/v1/aam is switched on.';
GRANT EXECUTE ON FUNCTION autonomos.require_aam() TO member;
