-- Requires: functions/api/dialect.sql
-- Requires: functions/api/problems.sql
-- Requires: functions/core/declare_rate_policy.sql
-- How AI-ETL writes: {"error": {"code", "message", "details": [], "request_id"}}, bare objects, page and per_page with
-- the totals in headers, input faults as 400. Its limits are by plan, the burst an allowance on top.
SELECT api.dialect('etl', 'AI-ETL',
    '{"error":{"code":${code},"message":${message},"details":[ [[faults:${faults}]] ],"request_id":${request_id}}}',
    prefixes => '{/api/v1/connectors,/api/v1/connectors-ai,/api/v1/data,/api/v1/nl-query,/api/v1/observability,/api/v1/pipelines,/api/v1/pipelines:generate,/api/v1/storage,/api/v1/webhooks}',
    fault_template => '{"field":${field},"error":${message}}',
    request_id_form => 'req_${hex}',
    page_style => 'page', size_param => 'per_page',
    page_template => '${items}',
    page_headers => '{"X-Total-Count": "${total}", "X-Page": "${page}", "X-Per-Page": "${page_size}", "Link": "${link}"}',
    www_authenticate => 'Bearer');

SELECT api.problems('etl',
    '{malformed_request,      400, VALIDATION_ERROR, NULL}',
    '{invalid,                400, VALIDATION_ERROR, "Invalid request data"}',
    '{unauthenticated,        401, AUTHENTICATION_REQUIRED, "Missing or invalid token"}',
    '{session_ended,          401, AUTHENTICATION_REQUIRED, "Missing or invalid token"}',
    '{invalid_credentials,    401, AUTHENTICATION_REQUIRED, "Incorrect email or password"}',
    '{forbidden,              403, PERMISSION_DENIED, NULL}',
    '{not_found,              404, RESOURCE_NOT_FOUND, NULL}',
    '{method_not_allowed,     405, METHOD_NOT_ALLOWED, NULL}',
    '{request_timeout,        408, REQUEST_TIMEOUT, NULL}',
    '{conflict,               409, CONFLICT, NULL}',
    '{idempotency_in_flight,  409, IDEMPOTENCY_IN_FLIGHT, NULL}',
    '{length_required,        411, LENGTH_REQUIRED, NULL}',
    '{too_large,              413, PAYLOAD_TOO_LARGE, NULL}',
    '{uri_too_long,           414, URI_TOO_LONG, NULL}',
    '{unsupported_media_type, 415, UNSUPPORTED_MEDIA_TYPE, NULL}',
    '{expectation_failed,     417, EXPECTATION_FAILED, NULL}',
    '{idempotency_key_reused, 422, IDEMPOTENCY_KEY_REUSED, NULL}',
    '{upgrade_required,       426, UPGRADE_REQUIRED, NULL}',
    '{rate_limited,           429, RATE_LIMIT_EXCEEDED, NULL}',
    '{header_too_large,       431, HEADER_TOO_LARGE, NULL}',
    '{internal,               500, INTERNAL_ERROR, NULL}',
    '{not_supported,          501, NOT_IMPLEMENTED, NULL}',
    '{bad_gateway,            502, BAD_GATEWAY, NULL}',
    '{unavailable,            503, SERVICE_UNAVAILABLE, NULL}',
    '{try_again,              503, SERVICE_UNAVAILABLE, NULL}',
    '{too_slow,               504, TIMEOUT, NULL}',
    '{http_version,           505, HTTP_VERSION_NOT_SUPPORTED, NULL}');

SELECT core.declare_rate_policy('etl', 'requests', 'tenant_id', 'window',   100, 3600,   10);
SELECT core.declare_rate_policy('etl', 'requests', 'tenant_id', 'window',   100, 3600,   10, 'plan', 'Free');
SELECT core.declare_rate_policy('etl', 'requests', 'tenant_id', 'window',  1000, 3600,  100, 'plan', 'Pro');
SELECT core.declare_rate_policy('etl', 'requests', 'tenant_id', 'window', 10000, 3600, 1000, 'plan', 'Enterprise');
