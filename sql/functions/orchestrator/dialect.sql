-- Requires: functions/api/dialect.sql
-- Requires: functions/api/problems.sql
-- Requires: functions/core/declare_rate_policy.sql
-- How the release orchestrator writes: {"success", "data" or "error", "meta"}, page and pageSize, input faults as 400
-- with validationErrors, a broken business rule as 422. Its limits are by tier, the burst an allowance on top.
SELECT api.dialect('orchestrator', 'Release orchestrator',
    '{"success":false,"error":{"code":${code},"message":${message}[[hint:,"details":{"hint":${hint}}]][[faults:,"validationErrors":[ ${faults} ] ]]},"meta":{"requestId":${request_id},"timestamp":${timestamp}}}',
    prefixes => '{/api/v1}',
    success_template => '{"success":true,"data":${body},"meta":{"requestId":${request_id},"timestamp":${timestamp}}}',
    fault_template => '{"field":${field},"message":${message},"code":${code}}',
    page_style => 'page', size_param => 'pageSize',
    page_template => '{"success":true,"data":${items},"meta":{"pagination":{"page":${page},"pageSize":${page_size},"totalItems":${total},"totalPages":${total_pages},"hasNext":${has_next},"hasPrevious":${has_previous}},"requestId":${request_id},"timestamp":${timestamp}}}',
    www_authenticate => 'Bearer');

SELECT api.problems('orchestrator',
    '{malformed_request,      400, MALFORMED_REQUEST, NULL}',
    '{invalid,                400, VALIDATION_ERROR, "The request is not valid"}',
    '{unauthenticated,        401, UNAUTHORIZED, NULL}',
    '{session_ended,          401, SESSION_ENDED, NULL}',
    '{invalid_credentials,    401, UNAUTHORIZED, NULL}',
    '{forbidden,              403, FORBIDDEN, NULL}',
    '{not_found,              404, NOT_FOUND, NULL}',
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
    '{rate_limited,           429, RATE_LIMITED, NULL}',
    '{header_too_large,       431, HEADER_TOO_LARGE, NULL}',
    '{internal,               500, INTERNAL_ERROR, NULL}',
    '{not_supported,          501, NOT_IMPLEMENTED, NULL}',
    '{bad_gateway,            502, BAD_GATEWAY, NULL}',
    '{unavailable,            503, SERVICE_UNAVAILABLE, NULL}',
    '{try_again,              503, SERVICE_UNAVAILABLE, NULL}',
    '{too_slow,               504, TIMEOUT, NULL}',
    '{http_version,           505, HTTP_VERSION_NOT_SUPPORTED, NULL}');

SELECT core.declare_rate_policy('orchestrator', 'requests', 'tenant_id', 'window', 1000, 60, 100);
SELECT core.declare_rate_policy('orchestrator', 'requests', 'tenant_id', 'window', 1000, 60, 100, 'tier', 'Standard');
SELECT core.declare_rate_policy('orchestrator', 'requests', 'tenant_id', 'window', 5000, 60, 500, 'tier', 'Premium');
