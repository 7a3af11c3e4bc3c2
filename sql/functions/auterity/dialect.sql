-- Requires: functions/api/dialect.sql
-- Requires: functions/api/problems.sql
-- Requires: functions/core/declare_rate_policy.sql
-- How Auterity writes: {"error": {"code", "message", "details": {}, "timestamp", "request_id"}}, bare objects, page and
-- limit, input faults as 422, 1000 requests a minute for each user.
SELECT api.dialect('auterity', 'Auterity',
    '{"error":{"code":${code},"message":${message}[[first_field:,"details":{"field":${first_field},"issue":${first_message}}]],"timestamp":${timestamp},"request_id":${request_id}}}',
    prefixes => '{/api,/ws}',
    request_id_form => 'req-${uuid}',
    page_style => 'page',
    page_template => '{${items_key}:${items},"total":${total},"page":${page},"limit":${page_size},"has_next":${has_next}}',
    www_authenticate => 'Bearer');

SELECT api.problems('auterity',
    '{malformed_request,      400, VALIDATION_ERROR, NULL}',
    '{invalid,                422, VALIDATION_ERROR, "Request validation failed"}',
    '{unauthenticated,        401, UNAUTHORIZED, "Invalid or missing authentication"}',
    '{session_ended,          401, UNAUTHORIZED, NULL}',
    '{invalid_credentials,    401, UNAUTHORIZED, "Incorrect email or password"}',
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
    '{bad_gateway,            502, AI_SERVICE_ERROR, NULL}',
    '{unavailable,            503, SERVICE_UNAVAILABLE, NULL}',
    '{try_again,              503, SERVICE_UNAVAILABLE, NULL}',
    '{too_slow,               504, TIMEOUT, NULL}',
    '{http_version,           505, HTTP_VERSION_NOT_SUPPORTED, NULL}',
    '{users_email_key,        409, CONFLICT, "Email already registered"}',
    '{users_username_key,     409, CONFLICT, "Username already registered"}');

SELECT core.declare_rate_policy('auterity', 'requests', 'user_id', 'window', 1000, 60, 0);
-- Nobody is signed in yet where passwords are tried: the address is counted.
SELECT core.declare_rate_policy('auterity', 'auth', 'address', 'window', 60, 60, 0);
