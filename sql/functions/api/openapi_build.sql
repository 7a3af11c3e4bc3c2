-- Requires: functions/api/openapi_error_responses.sql
-- Requires: functions/api/openapi_error_schema.sql
-- Requires: functions/api/openapi_operation.sql
-- Requires: functions/api/openapi_routes.sql
-- Describes every route of the catalog as an OpenAPI 3.1 document. The same catalog gives the same bytes.
CREATE OR REPLACE FUNCTION api.build_openapi(version text DEFAULT NULL)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL UNSAFE SECURITY INVOKER
AS $$
#variable_conflict use_column
BEGIN
    RETURN json_strip_nulls((
        WITH dialects AS MATERIALIZED (
            SELECT d.dialect, d.title, to_jsonb(d) AS dialect_row
            FROM api.catalog_dialects() AS d
        ), statuses AS MATERIALIZED (
            SELECT p.dialect, jsonb_object_agg(p.code, p.status) AS by_code
            FROM api.catalog_problems() AS p
            GROUP BY p.dialect
        ), rates AS MATERIALIZED (
            SELECT r.dialect, r.rate_class, jsonb_agg(
                jsonb_strip_nulls(jsonb_build_object(
                    'for', r.selector_value, 'per', r.subject, 'limit', r.limit_count, 'seconds', r.window_seconds,
                    'burst', r.burst))
                ORDER BY r.limit_count, r.selector_value COLLATE "C") AS policies
            FROM api.catalog_rate_policies() AS r
            GROUP BY r.dialect, r.rate_class
        ), parameters AS MATERIALIZED (
            -- What PostgreSQL itself says of a type, as in "variable-length string", is no description of a parameter.
            SELECT p.route_id, jsonb_agg(
                CASE WHEN strpos(p.sql_type, '.') > 0 THEN to_jsonb(p) ELSE to_jsonb(p) - 'description' END
                ORDER BY p.position) AS list
            FROM api.catalog_parameters() AS p
            GROUP BY p.route_id
        ), routes AS MATERIALIZED (
            SELECT
                r.route, r.dialect, r.shape, r.errors, r.route ->> 'method' AS method,
                replace(r.route ->> 'path', '...}', '}') AS path,
                regexp_replace(r.route ->> 'path', '\{[^}]*\}', '{}', 'g') AS outline,
                -- What the server answers itself has no function to be named after.
                trim('_' FROM regexp_replace(
                    coalesce(nullif(r.route ->> 'call_name', ''), lower(r.route ->> 'method') || (r.route ->> 'path')),
                    '[^A-Za-z0-9]+', '_', 'g')) AS call_id
            FROM api.openapi_routes() AS r
        ), named AS MATERIALIZED (
            SELECT
                r.*,
                first_value(r.path) OVER (PARTITION BY r.outline ORDER BY r.method COLLATE "C") AS shared_path,
                r.call_id || CASE
                    WHEN count(*) OVER (PARTITION BY r.call_id) > 1
                    THEN '_' || row_number() OVER (
                        PARTITION BY r.call_id ORDER BY r.path COLLATE "C", r.method COLLATE "C")
                    ELSE ''
                END AS operation_id
            FROM routes AS r
        ), operations AS (
            SELECT
                n.shared_path, n.method,
                api.openapi_operation(
                    n.route, n.operation_id,
                    ARRAY(SELECT m[1] FROM regexp_matches(n.shared_path, '\{([^}]+)\}', 'g') AS m),
                    d.dialect_row, coalesce(p.list, '[]'), n.shape, n.errors, s.by_code, l.policies) AS operation
            FROM named AS n
            JOIN dialects AS d ON d.dialect = n.dialect
            LEFT JOIN statuses AS s ON s.dialect = n.dialect
            LEFT JOIN parameters AS p ON p.route_id = (n.route ->> 'route_id')::int
            LEFT JOIN rates AS l ON l.dialect = n.dialect AND l.rate_class = n.route ->> 'rate_class'
        ), paths AS (
            SELECT
                o.shared_path,
                json_object_agg(lower(o.method), o.operation ORDER BY array_position(
                    ARRAY['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], o.method)) AS item
            FROM operations AS o
            GROUP BY o.shared_path
        )
        SELECT json_build_object(
            'openapi', '3.1.0',
            'info', json_build_object(
                'title', 'PgServer',
                'version', coalesce(
                    nullif(build_openapi.version, ''),
                    nullif(current_setting('api.server_version', true), ''),
                    '1.0.0'),
                'description', 'Generated from the catalog of the running server.'),
            'servers', '[{"url": "/"}]'::json,
            'tags', (
                SELECT json_agg(json_build_object('name', d.title) ORDER BY d.dialect = 'server', d.title COLLATE "C")
                FROM dialects AS d
                WHERE EXISTS (SELECT FROM routes AS r WHERE r.dialect = d.dialect)),
            'paths', coalesce(
                (SELECT json_object_agg(p.shared_path, p.item ORDER BY p.shared_path COLLATE "C") FROM paths AS p),
                '{}'),
            'components', json_build_object(
                'securitySchemes', '{
                    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT",
                        "description": "The access token that signing in returns."},
                    "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key",
                        "description": "A long-lived key for programs."}
                }'::json,
                'headers', '{
                    "X-Request-Id": {"schema": {"type": "string"}, "description": "Quote it when asking for help."},
                    "X-RateLimit-Limit": {"schema": {"type": "integer"},
                        "description": "Requests allowed in a window."},
                    "X-RateLimit-Remaining": {"schema": {"type": "integer"},
                        "description": "Requests left for now."},
                    "X-RateLimit-Reset": {"schema": {"type": "integer"},
                        "description": "When the allowance is whole again, in seconds since 1970."},
                    "Retry-After": {"schema": {"type": "integer"},
                        "description": "Seconds to wait before the next attempt."},
                    "WWW-Authenticate": {"schema": {"type": "string"}, "description": "How to sign in."},
                    "ETag": {"schema": {"type": "string"},
                        "description": "Send it as If-None-Match to ask for changes only."},
                    "Location": {"schema": {"type": "string"}, "description": "Where the new thing is."},
                    "Idempotency-Replayed": {"schema": {"type": "string", "enum": ["true"]},
                        "description": "The answer was given before, to a request with the same Idempotency-Key."}
                }'::json,
                'schemas', (
                    SELECT json_object_agg(
                        api.openapi_component_name(d.dialect, 'Error'), api.openapi_error_schema(d.dialect_row)
                        ORDER BY d.dialect COLLATE "C")
                    FROM dialects AS d),
                'responses', (
                    SELECT json_object_agg(c.name, c.response ORDER BY c.name COLLATE "C")
                    FROM (
                        SELECT e.name, e.response
                        FROM api.openapi_error_responses() AS e
                        WHERE e.status >= 400
                        UNION ALL
                        SELECT api.openapi_component_name(d.dialect, 'Error'), json_build_object(
                            'description', 'Any other error, in this product''s shape.',
                            'content', json_build_object('application/json', json_build_object(
                                'schema', json_build_object(
                                    '$ref',
                                    '#/components/schemas/' || api.openapi_component_name(d.dialect, 'Error')))))
                        FROM dialects AS d
                    ) AS c)))));
END;
$$;
COMMENT ON FUNCTION api.build_openapi(text) IS 'Describes every route of the catalog as an OpenAPI 3.1 document.';
