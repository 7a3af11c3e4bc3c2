-- The dialects. Where one can be opened by a setting, its claims get the permissions of the roles they name.
--
-- Role:    pgserver
-- Definer: lends the server the reading of the catalog
CREATE OR REPLACE FUNCTION api.catalog_dialects()
RETURNS TABLE (
    dialect text, title text, prefixes text[], success_template text, error_template text, fault_template text,
    fault_separator text, request_id_form text, page_style text, page_param text, size_param text,
    offset_param text, page_template text, page_headers text, unknown_fields text, auth_setting text,
    open_claims text, www_authenticate text)
LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    RETURN QUERY
    SELECT
        d.dialect, d.title, d.prefixes, d.success_template, d.error_template, d.fault_template, d.fault_separator,
        d.request_id_form, d.page_style::text, d.page_param, d.size_param, d.offset_param, d.page_template,
        d.page_headers::text, d.unknown_fields::text, d.auth_setting,
        (jsonb_build_object('permissions', COALESCE((
            SELECT jsonb_agg(DISTINCT p.permission)
            FROM auth.role_permissions AS p
            WHERE d.open_claims -> 'roles' ? p.role::text), '[]')) || d.open_claims)::text,
        d.www_authenticate
    FROM api.dialects AS d
    ORDER BY d.dialect;
END;
$$;
COMMENT ON FUNCTION api.catalog_dialects() IS 'How each contract writes envelopes, errors and pages.';
GRANT EXECUTE ON FUNCTION api.catalog_dialects() TO pgserver;
