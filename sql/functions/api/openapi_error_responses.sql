-- Requires: functions/api/openapi_component_name.sql
-- Requires: functions/api/openapi_render.sql
-- Requires: functions/api/openapi_status_text.sql
-- Lists the error responses each dialect can give, as rows of components.responses, with an example of each printed by
-- the dialect's own template. Besides the catalog's problems, each status that a route declares has its row.
CREATE OR REPLACE FUNCTION api.openapi_error_responses()
RETURNS TABLE (dialect text, status int, name text, response json)
LANGUAGE plpgsql
STABLE PARALLEL UNSAFE SECURITY INVOKER
AS $$
#variable_conflict use_column
DECLARE
    v_uuid  CONSTANT text := '5b0f3c52-8a0e-4d3c-9a51-0a6f2f0c7d11';
    v_fault CONSTANT jsonb := '{"field": "limit", "code": "too_large", "message": "Must be at most 100."}';
BEGIN
    RETURN QUERY
    WITH known AS (
        SELECT
            p.dialect, p.status,
            array_agg(DISTINCT coalesce(p.public_code, p.code) COLLATE "C") AS codes,
            bool_or(p.code = 'invalid') AS is_invalid,
            (array_agg(p.message ORDER BY p.code COLLATE "C") FILTER (WHERE p.message IS NOT NULL))[1] AS message
        FROM api.catalog_problems() AS p
        GROUP BY p.dialect, p.status
    ), declared AS (
        SELECT DISTINCT r.dialect, e.status
        FROM api.openapi_routes() AS r
        CROSS JOIN LATERAL api.openapi_declared_errors(r.dialect, r.errors) AS e
    ), rows AS (
        SELECT
            coalesce(k.dialect, d.dialect) AS dialect, coalesce(k.status, d.status) AS status,
            coalesce(k.codes, '{}') AS codes, k.message, k.is_invalid
        FROM known AS k
        FULL JOIN declared AS d ON d.dialect = k.dialect AND d.status = k.status
    )
    SELECT
        r.dialect, r.status, api.openapi_component_name(r.dialect, r.status::text),
        json_build_object(
            'description', api.openapi_status_text(r.status)
                || CASE WHEN r.codes <> '{}' THEN ' (' || array_to_string(r.codes, ', ') || ')' ELSE '' END || '.',
            'headers', json_build_object(
                'X-Request-Id', '{"$ref": "#/components/headers/X-Request-Id"}'::json,
                'Retry-After', CASE WHEN r.status IN (409, 429, 503)
                    THEN '{"$ref": "#/components/headers/Retry-After"}'::json END,
                'WWW-Authenticate', CASE WHEN r.status = 401
                    THEN '{"$ref": "#/components/headers/WWW-Authenticate"}'::json END),
            'content', json_build_object('application/json', json_build_object(
                'schema', json_build_object(
                    '$ref', '#/components/schemas/' || api.openapi_component_name(r.dialect, 'Error')),
                'example', api.openapi_render(d.error_template, jsonb_strip_nulls(jsonb_build_object(
                    'status', r.status,
                    'code', coalesce(r.codes[1], api.openapi_status_text(r.status)),
                    'message', coalesce(r.message, api.openapi_status_text(r.status) || '.'),
                    'request_id', replace(
                        replace(d.request_id_form, '${uuid}', v_uuid), '${hex}', replace(v_uuid, '-', '')),
                    'timestamp', '2026-01-31T12:00:00.000Z',
                    'faults', CASE WHEN r.is_invalid AND d.fault_template <> '' THEN
                        api.openapi_render(d.fault_template, v_fault)::jsonb END,
                    'first_field', CASE WHEN r.is_invalid THEN v_fault -> 'field' END,
                    'first_code', CASE WHEN r.is_invalid THEN v_fault -> 'code' END,
                    'first_message', CASE WHEN r.is_invalid THEN v_fault -> 'message' END,
                    'retry_after', CASE WHEN r.status IN (429, 503) THEN 30 END)))::json)))
    FROM rows AS r
    JOIN api.catalog_dialects() AS d ON d.dialect = r.dialect;
END;
$$;
COMMENT ON FUNCTION api.openapi_error_responses() IS 'Lists the error responses each dialect can give.';
