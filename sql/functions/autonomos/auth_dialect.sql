-- Requires: functions/api/dialect.sql
-- How POST /api/v1/auth/login and /refresh write, which AutonomOS and AI-ETL share: a body that satisfies both.
SELECT api.dialect('autonomos_auth', 'AutonomOS and AI-ETL sign-in',
    '{"detail":${message},"status_code":${status},"trace_id":${request_id}[[retry_after:,"retry_after":${retry_after}]],"error":{"code":${code},"message":${message},"details":[ [[faults:${faults}]] ],"request_id":${request_id}}}',
    fault_template => '{"field":${field},"error":${message}}',
    request_id_form => 'trace-${uuid}',
    www_authenticate => 'Bearer',
    inherits => 'autonomos');
SELECT api.problems('autonomos_auth',
    '{malformed_request,      400, VALIDATION_ERROR, NULL}',
    '{invalid,                400, VALIDATION_ERROR, "Invalid request body or parameters"}',
    '{unauthenticated,        401, AUTHENTICATION_REQUIRED, "Could not validate credentials"}',
    '{session_ended,          401, AUTHENTICATION_REQUIRED, "Could not validate credentials"}',
    '{invalid_credentials,    401, AUTHENTICATION_REQUIRED, "Incorrect email or password"}',
    '{rate_limited,           429, RATE_LIMIT_EXCEEDED, NULL}',
    '{internal,               500, INTERNAL_ERROR, NULL}');
