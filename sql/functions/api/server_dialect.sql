-- Requires: functions/api/dialect.sql
-- Requires: functions/api/problems.sql
-- Requires: functions/api/route.sql
-- How the server writes where no contract speaks: /metrics, the description of the whole, and paths that are nobody's.
SELECT api.dialect('server', 'PgServer',
    '{"detail":${message},"status_code":${status}[[retry_after:,"retry_after":${retry_after}]][[faults:,"errors":[ ${faults} ] ]]}',
    prefixes => '{/}',
    www_authenticate => 'Bearer');
SELECT api.problems('server',
    '{malformed_request,      400, NULL, NULL}', '{invalid,            400, NULL, "Invalid request body or parameters"}',
    '{unauthenticated,        401, NULL, NULL}', '{session_ended,      401, NULL, NULL}',
    '{invalid_credentials,    401, NULL, NULL}', '{forbidden,          403, NULL, NULL}',
    '{not_found,              404, NULL, NULL}', '{method_not_allowed, 405, NULL, NULL}',
    '{request_timeout,        408, NULL, NULL}', '{conflict,           409, NULL, NULL}',
    '{length_required,        411, NULL, NULL}', '{too_large,          413, NULL, NULL}',
    '{uri_too_long,           414, NULL, NULL}', '{expectation_failed, 417, NULL, NULL}',
    '{unsupported_media_type, 415, NULL, NULL}', '{upgrade_required,   426, NULL, NULL}',
    '{rate_limited,           429, NULL, NULL}', '{header_too_large,   431, NULL, NULL}',
    '{internal,               500, NULL, NULL}', '{not_supported,      501, NULL, NULL}',
    '{bad_gateway,            502, NULL, NULL}', '{unavailable,        503, NULL, NULL}',
    '{idempotency_in_flight,  409, NULL, NULL}', '{idempotency_key_reused, 422, NULL, NULL}',
    '{try_again,              503, NULL, NULL}', '{too_slow,           504, NULL, NULL}',
    '{http_version,           505, NULL, NULL}');
SELECT api.route('GET /metrics', kind => 'metrics', dialect => 'server', auth => 'none', tag => 'server');
