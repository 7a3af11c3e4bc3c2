-- Requires: functions/api/openapi_component_name.sql
-- Requires: functions/api/openapi_declared_errors.sql
-- Requires: functions/api/openapi_shape_schema.sql
-- Requires: functions/api/openapi_status_text.sql
-- Requires: functions/api/openapi_template_schema.sql
-- Lists what one route can answer: its success, the errors that follow from its authentication, parameters and rate
-- class, and those it declares. Anything else the server may say falls under `default`.
--
-- statuses: the status this dialect gives each of the server's own problems, by code
CREATE OR REPLACE FUNCTION api.openapi_responses(
    route      jsonb,
    dialect    jsonb,
    parameters jsonb,
    shape      jsonb,
    errors     text[],
    statuses   jsonb
)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_name       CONSTANT text := route ->> 'dialect';
    v_stream     CONSTANT jsonb := route -> 'stream';
    -- What is nothing but a WebSocket answers no request with 200.
    v_status     CONSTANT int := CASE WHEN v_stream -> 'transports' = '["websocket"]' THEN 101
        ELSE (route ->> 'success_status')::int END;
    v_returns    CONSTANT text := route ->> 'returns';
    v_has_body   CONSTANT boolean := jsonb_path_exists(
        parameters, '$[*] ? (@.source == "body" || @.source == "whole_body")');
    v_is_tagged  CONSTANT boolean := jsonb_path_exists(parameters, '$[*] ? (@.source_name == "if-none-match")');
    v_template   CONSTANT text := coalesce(route ->> 'success_template', dialect ->> 'success_template', '${body}');
    v_page       CONSTANT text := coalesce(route ->> 'page_template', dialect ->> 'page_template');
    v_items_key  CONSTANT jsonb := jsonb_build_object('items_key', coalesce(route ->> 'items_key', 'items'));
    v_slots      CONSTANT jsonb := api.openapi_slot_schemas();
    v_media_type text;
    v_body       jsonb := api.shape_schema(shape);
    v_schema     jsonb;
    v_codes      text[] := ARRAY['internal', 'unavailable', 'too_slow'];
BEGIN
    v_media_type := coalesce(nullif(split_part(route ->> 'content_type', ';', 1), ''), CASE v_returns
        WHEN 'text' THEN 'text/plain'
        WHEN 'bytes' THEN 'application/octet-stream'
        ELSE 'application/json'
    END);
    CASE
    WHEN v_status IN (101, 204) OR v_returns = 'void' THEN
        v_media_type := NULL;
    WHEN v_stream IS NOT NULL THEN
        -- OpenAPI 3.1 has no word for one event of a stream.
        v_schema := jsonb_build_object(
            'type', 'string', 'description', 'An event stream that does not end; x-stream describes its events.');
    WHEN v_media_type <> 'application/json' THEN
        v_schema := '{"type": "string"}';
    WHEN v_returns = 'page' THEN
        IF v_body ->> 'type' IS DISTINCT FROM 'array' THEN
            v_body := jsonb_build_object('type', 'array', 'items', v_body);
        END IF;
        v_schema := api.openapi_template_schema(
            v_page, v_slots || jsonb_build_object('items', v_body),
            ARRAY['items', 'total', 'count', 'limit', 'offset', 'page', 'page_size', 'total_pages', 'has_next',
                'has_previous', 'request_id', 'timestamp'],
            v_items_key);
    ELSE
        v_schema := api.openapi_template_schema(
            v_template,
            jsonb_build_object(
                'body', v_body, 'request_id', v_slots -> 'request_id', 'timestamp', v_slots -> 'timestamp'),
            ARRAY['body', 'request_id', 'timestamp']);
    END CASE;

    IF route ->> 'auth' <> 'none' THEN
        v_codes := v_codes || ARRAY['unauthenticated', 'session_ended'];
    END IF;
    IF route ->> 'permission' <> '' THEN
        v_codes := v_codes || 'forbidden'::text;
    END IF;
    IF route ->> 'rate_class' <> '' THEN
        v_codes := v_codes || 'rate_limited'::text;
    END IF;
    IF jsonb_path_exists(parameters, '$[*] ? (@.source != "server")') THEN
        v_codes := v_codes || 'invalid'::text;
    END IF;
    IF v_has_body THEN
        v_codes := v_codes || ARRAY['malformed_request', 'too_large', 'unsupported_media_type'];
    END IF;
    IF (route ->> 'heeds_keys')::boolean THEN
        v_codes := v_codes || ARRAY['invalid', 'idempotency_in_flight', 'idempotency_key_reused'];
    END IF;
    IF strpos(route ->> 'path', '{') > 0 THEN
        v_codes := v_codes || 'not_found'::text;
    END IF;
    IF v_stream ->> 'stream_class' <> '' THEN
        v_codes := v_codes || 'rate_limited'::text;
    END IF;
    IF v_stream -> 'transports' ? 'websocket' THEN
        v_codes := v_codes || ARRAY['malformed_request', 'forbidden', 'upgrade_required'];
    END IF;

    RETURN (
        WITH listed AS (
            SELECT (statuses ->> c.code)::int AS status, NULL::text AS sentence
            FROM unnest(v_codes) AS c (code)
            WHERE statuses ? c.code
            UNION ALL
            SELECT e.status, nullif(concat_ws(': ', e.code, e.sentence), '')
            FROM api.openapi_declared_errors(v_name, errors) AS e
            WHERE e.status <> v_status
        ), failures AS (
            SELECT l.status, string_agg(DISTINCT l.sentence, '; ') AS sentence
            FROM listed AS l
            GROUP BY l.status
        ), answers AS (
            SELECT v_status::text AS status, json_build_object(
                'description', api.openapi_status_text(v_status) || '.',
                'headers', (
                    SELECT json_object_agg(h.name, h.value ORDER BY h.position, h.name COLLATE "C")
                    FROM (
                        SELECT
                            1 AS position, n.name,
                            json_build_object('$ref', '#/components/headers/' || n.name) AS value
                        FROM (VALUES
                            ('X-Request-Id', true),
                            ('X-RateLimit-Limit', route ->> 'rate_class' <> ''),
                            ('X-RateLimit-Remaining', route ->> 'rate_class' <> ''),
                            ('X-RateLimit-Reset', route ->> 'rate_class' <> ''),
                            ('ETag', v_is_tagged),
                            ('Location', v_status = 201 AND v_returns = 'reply'),
                            ('Idempotency-Replayed', (route ->> 'heeds_keys')::boolean)
                        ) AS n (name, is_sent)
                        WHERE n.is_sent
                        UNION ALL
                        SELECT 2, k.name, json_build_object('schema', json_build_object('type', 'string'))
                        FROM jsonb_object_keys(coalesce((dialect ->> 'page_headers')::jsonb, '{}')) AS k (name)
                        WHERE v_returns = 'page'
                    ) AS h),
                'content', CASE WHEN v_media_type IS NOT NULL THEN
                    json_build_object(v_media_type, json_build_object('schema', v_schema)) END) AS answer
            UNION ALL
            SELECT '101', json_build_object('description', api.openapi_status_text(101) || ': the same over a WebSocket.')
            WHERE v_stream -> 'transports' = '["sse", "websocket"]'
            UNION ALL
            SELECT '304', json_build_object(
                'description', api.openapi_status_text(304) || '.',
                'headers', json_build_object('ETag', json_build_object('$ref', '#/components/headers/ETag')))
            WHERE v_is_tagged
            UNION ALL
            SELECT f.status::text, CASE
                WHEN f.status = 503 AND route ->> 'unavailable_template' <> '' THEN json_build_object(
                    'description', api.openapi_status_text(503) || '.',
                    'content', json_build_object('application/json', json_build_object('schema',
                        api.openapi_template_schema(
                            route ->> 'unavailable_template', v_slots,
                            ARRAY['status', 'code', 'message', 'request_id', 'timestamp']))))
                ELSE json_build_object(
                    '$ref', '#/components/responses/' || api.openapi_component_name(v_name, f.status::text),
                    'description', api.openapi_status_text(f.status) || ': ' || f.sentence || '.')
            END
            FROM failures AS f
            UNION ALL
            SELECT 'default', json_build_object(
                '$ref', '#/components/responses/' || api.openapi_component_name(v_name, 'Error'))
        )
        SELECT json_object_agg(a.status, a.answer ORDER BY a.status COLLATE "C") FROM answers AS a);
END;
$$;
COMMENT ON FUNCTION api.openapi_responses(jsonb, jsonb, jsonb, jsonb, text[], jsonb) IS
    'Lists what one route can answer.';
