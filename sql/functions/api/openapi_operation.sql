-- Requires: functions/api/openapi_parameter_schema.sql
-- Requires: functions/api/openapi_responses.sql
-- Describes one route as an OpenAPI operation. What is wrong with its declaration is reported with its name.
--
-- path_names: what the document calls the path's parameters, in order; routes that differ in nothing else share them
CREATE OR REPLACE FUNCTION api.openapi_operation(
    route        jsonb,
    operation_id text,
    path_names   text[],
    dialect      jsonb,
    parameters   jsonb,
    shape        jsonb,
    errors       text[],
    statuses     jsonb,
    rates        jsonb
)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_own_names CONSTANT text[] := ARRAY(
        SELECT rtrim(m[1], '.') FROM regexp_matches(route ->> 'path', '\{([^}]+)\}', 'g') AS m);
    v_heeds_keys CONSTANT boolean := COALESCE((route ->> 'heeds_keys')::boolean, false);
    v_sentence  CONSTANT text := coalesce(
        substring(route ->> 'summary' FROM '^(.*?[.!?])(?:\s|$)'), route ->> 'summary');
    v_code      text;
    v_detail    text;
    v_whole     CONSTANT jsonb := jsonb_path_query_first(parameters, '$[*] ? (@.source == "whole_body")');
BEGIN
    RETURN json_build_object(
        'operationId', operation_id,
        'tags', json_build_array(dialect ->> 'title'),
        'summary', rtrim(v_sentence, '.'),
        'description', CASE WHEN v_sentence <> route ->> 'summary' THEN route ->> 'summary' END,
        'x-section', nullif(nullif(route ->> 'tag', dialect ->> 'title'), split_part(route ->> 'call_name', '.', 1)),
        'x-permission', route ->> 'permission',
        'x-rate-limits', rates,
        'x-stream', CASE WHEN route ? 'stream' THEN json_build_object(
            'transports', route #> '{stream,transports}', 'sends', route #> '{stream,sends}',
            'events', route #> '{stream,events}', 'heartbeatSeconds', route #> '{stream,heartbeat_seconds}',
            'message', CASE WHEN shape IS NOT NULL THEN api.shape_schema(shape) END) END,
        'security', CASE route ->> 'auth'
            WHEN 'none' THEN '[]'
            WHEN 'optional' THEN '[{}, {"bearer": []}, {"apiKey": []}]'
            ELSE '[{"bearer": []}, {"apiKey": []}]'
        END::json,
        'parameters', (
            SELECT json_agg(l.parameter ORDER BY l.rank, l.position)
            FROM (
                SELECT 1 AS rank, n.position, json_build_object(
                    'name', path_names[n.position], 'in', 'path', 'required', true,
                    'description', nullif(p.value ->> 'description', ''),
                    'schema', coalesce(api.openapi_parameter_schema(p.value), '{"type": "string", "minLength": 1}')
                ) AS parameter
                FROM unnest(v_own_names) WITH ORDINALITY AS n (name, position)
                LEFT JOIN jsonb_array_elements(parameters) AS p
                    ON p.value ->> 'source' = 'path' AND p.value ->> 'source_name' = n.name
                UNION ALL
                SELECT CASE p.value ->> 'source' WHEN 'query' THEN 2 ELSE 3 END, (p.value ->> 'position')::bigint,
                    json_build_object(
                        'name', CASE p.value ->> 'source'
                            WHEN 'header' THEN initcap(p.value ->> 'source_name') ELSE p.value ->> 'source_name' END,
                        'in', p.value ->> 'source',
                        'required', CASE WHEN (p.value ->> 'is_required')::boolean THEN true END,
                        'description', nullif(p.value ->> 'description', ''),
                        'schema', CASE WHEN p.value ->> 'kind' <> 'json' THEN api.openapi_parameter_schema(p.value) END,
                        'content', CASE WHEN p.value ->> 'kind' = 'json'
                            THEN '{"application/json": {"schema": {}}}'::json END)
                FROM jsonb_array_elements(parameters) AS p
                WHERE p.value ->> 'source' IN ('query', 'header')
                    AND p.value ->> 'source_name' NOT IN ('accept', 'content-type', 'authorization')
                    AND NOT (v_heeds_keys AND p.value ->> 'source_name' = 'idempotency-key')
                UNION ALL
                SELECT 2, 1000, json_build_object(
                    'name', route #>> '{stream,token_param}', 'in', 'query',
                    'description', 'The access token, for a client that cannot send it in a header.',
                    'schema', '{"type": "string"}'::json)
                WHERE route #>> '{stream,token_param}' <> ''
                UNION ALL
                SELECT 4, 1, '{
                    "name": "Idempotency-Key", "in": "header",
                    "description": "A name of your choice for this request. Repeated with it within 24 hours, the request is not carried out again, and answered alike.",
                    "schema": {"type": "string", "pattern": "^[!#-~][!-~]{0,254}$", "maxLength": 255}}'::json
                WHERE v_heeds_keys
            ) AS l),
        'requestBody', CASE
            WHEN route ->> 'chunk_call' IS NOT NULL THEN json_build_object(
                'required', true, 'content', '{"application/octet-stream": {"schema": {}}}'::json)
            WHEN v_whole IS NOT NULL THEN json_build_object(
                'required', CASE WHEN (v_whole ->> 'is_required')::boolean THEN true END,
                'content', json_build_object(
                    CASE v_whole ->> 'kind'
                        WHEN 'json' THEN 'application/json'
                        WHEN 'text' THEN 'text/plain'
                        ELSE 'application/octet-stream'
                    END,
                    json_build_object('schema', CASE v_whole ->> 'kind'
                        WHEN 'bytea' THEN '{}'::jsonb
                        ELSE api.openapi_parameter_schema(v_whole)
                    END || jsonb_strip_nulls(jsonb_build_object(
                        'description', nullif(v_whole ->> 'description', ''))))))
            ELSE (
                SELECT json_build_object(
                    'required', CASE WHEN bool_or((p.value ->> 'is_required')::boolean) THEN true END,
                    'content', json_build_object('application/json', json_build_object('schema', json_build_object(
                        'type', 'object',
                        'properties', json_object_agg(
                            p.value ->> 'source_name',
                            api.openapi_parameter_schema(p.value) || jsonb_strip_nulls(
                                jsonb_build_object('description', nullif(p.value ->> 'description', '')))
                            ORDER BY (p.value ->> 'position')::int),
                        'required', json_agg(p.value ->> 'source_name' ORDER BY (p.value ->> 'position')::int)
                            FILTER (WHERE (p.value ->> 'is_required')::boolean),
                        'additionalProperties', CASE
                            WHEN coalesce(route ->> 'unknown_fields', dialect ->> 'unknown_fields') = 'refuse'
                            THEN false END))))
                FROM jsonb_array_elements(parameters) AS p
                WHERE p.value ->> 'source' = 'body'
                HAVING count(*) > 0)
        END,
        'responses', api.openapi_responses(route, dialect, parameters, shape, errors, statuses));
EXCEPTION WHEN SQLSTATE 'PT500' THEN
    GET STACKED DIAGNOSTICS v_code = MESSAGE_TEXT, v_detail = PG_EXCEPTION_DETAIL;
    RAISE EXCEPTION USING
        ERRCODE = 'PT500', MESSAGE = v_code,
        DETAIL = format('%s %s: %s', route ->> 'method', route ->> 'path', v_detail);
END;
$$;
COMMENT ON FUNCTION api.openapi_operation(jsonb, text, text[], jsonb, jsonb, jsonb, text[], jsonb, jsonb) IS
    'Describes one route as an OpenAPI operation.';
