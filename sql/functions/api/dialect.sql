-- Requires: functions/core/declaring_file.sql
-- Declares how a contract writes envelopes, errors and pages. A dialect may inherit another's problems and rate
-- policies.
--
-- Role:    pgserver_owner
CREATE OR REPLACE FUNCTION api.dialect(
    dialect text,
    title text,
    error_template text,
    prefixes text[] DEFAULT '{}',
    success_template text DEFAULT '${body}',
    fault_template text DEFAULT '{"field":${field},"code":${code},"message":${message}}',
    fault_separator text DEFAULT ',',
    request_id_form text DEFAULT '${uuid}',
    page_style api.page_style DEFAULT 'offset',
    page_param text DEFAULT 'page',
    size_param text DEFAULT 'limit',
    offset_param text DEFAULT 'offset',
    page_template text DEFAULT '{"items":${items},"total":${total},"limit":${limit},"offset":${offset}}',
    page_headers jsonb DEFAULT NULL,
    unknown_fields api.field_policy DEFAULT 'ignore',
    auth_setting text DEFAULT NULL,
    open_claims jsonb DEFAULT NULL,
    www_authenticate text DEFAULT NULL,
    inherits text DEFAULT NULL)
RETURNS void LANGUAGE sql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
BEGIN ATOMIC
    INSERT INTO api.dialects (
        dialect, inherits, title, prefixes, success_template, error_template, fault_template, fault_separator,
        request_id_form, page_style, page_param, size_param, offset_param, page_template, page_headers,
        unknown_fields, auth_setting, open_claims, www_authenticate, declared_in, declared_xid)
    VALUES (
        dialect.dialect, dialect.inherits, dialect.title, dialect.prefixes, dialect.success_template,
        dialect.error_template, dialect.fault_template, dialect.fault_separator, dialect.request_id_form,
        dialect.page_style, dialect.page_param, dialect.size_param, dialect.offset_param, dialect.page_template,
        dialect.page_headers, dialect.unknown_fields, dialect.auth_setting, dialect.open_claims,
        dialect.www_authenticate, core.declaring_file(), pg_current_xact_id())
    ON CONFLICT ON CONSTRAINT dialects_pkey DO UPDATE SET
        inherits = EXCLUDED.inherits, title = EXCLUDED.title, prefixes = EXCLUDED.prefixes,
        success_template = EXCLUDED.success_template, error_template = EXCLUDED.error_template,
        fault_template = EXCLUDED.fault_template, fault_separator = EXCLUDED.fault_separator,
        request_id_form = EXCLUDED.request_id_form, page_style = EXCLUDED.page_style,
        page_param = EXCLUDED.page_param, size_param = EXCLUDED.size_param, offset_param = EXCLUDED.offset_param,
        page_template = EXCLUDED.page_template, page_headers = EXCLUDED.page_headers,
        unknown_fields = EXCLUDED.unknown_fields, auth_setting = EXCLUDED.auth_setting,
        open_claims = EXCLUDED.open_claims, www_authenticate = EXCLUDED.www_authenticate,
        declared_in = EXCLUDED.declared_in, declared_xid = EXCLUDED.declared_xid;
END;
COMMENT ON FUNCTION api.dialect(
    text, text, text, text[], text, text, text, text, api.page_style, text, text, text, text, jsonb,
    api.field_policy, text, jsonb, text, text) IS 'Declares how a contract writes envelopes, errors and pages.';
