-- Requires: functions/api/dialect.sql
-- Requires: functions/api/problems.sql
-- Requires: functions/core/declare_setting.sql
-- Requires: functions/core/declare_rate_policy.sql
-- How AutonomOS writes: {"detail", "status_code", "trace_id"}, plain objects, limit and offset, input faults as 400.
-- The rate limits are a bucket of the stated burst, refilled at the stated rate. While DCL_AUTH_ENABLED is false,
-- its requests run as the demo user, in the demo tenant.
SELECT core.declare_setting('autonomos.auth_enabled', 'DCL_AUTH_ENABLED', 'boolean', 'true',
    'Whether AutonomOS asks for credentials. False is demo mode, refused in production.');

SELECT api.dialect('autonomos', 'AutonomOS',
    '{"detail":${message},"status_code":${status},"trace_id":${request_id}[[retry_after:,"retry_after":${retry_after}]][[faults:,"errors":[ ${faults} ] ]]}',
    prefixes => '{/api/v1/aam,/api/v1/auth,/api/v1/bulk-mappings,/api/v1/dcl,/api/v1/events,/dcl,/nlp}',
    request_id_form => 'trace-${uuid}',
    page_template => '{"items":${items},"total":${total},"limit":${limit},"offset":${offset},"has_more":${has_next}}',
    auth_setting => 'autonomos.auth_enabled',
    open_claims => '{
        "sub": "00000000-0000-4000-8000-0000000000d1", "user_id": "00000000-0000-4000-8000-0000000000d1",
        "tenant_id": "00000000-0000-4000-8000-00000000000d", "roles": ["member"], "is_superuser": false,
        "plan": "Enterprise", "tier": "Premium"}',
    www_authenticate => 'Bearer');

SELECT api.problems('autonomos',
    '{malformed_request,      400, NULL, NULL}',
    '{invalid,                400, NULL, "Invalid request body or parameters"}',
    '{unauthenticated,        401, NULL, "Could not validate credentials"}',
    '{session_ended,          401, NULL, "Could not validate credentials"}',
    '{invalid_credentials,    401, NULL, "Incorrect email or password"}',
    '{forbidden,              403, NULL, NULL}',
    '{not_found,              404, NULL, NULL}',
    '{method_not_allowed,     405, NULL, NULL}',
    '{request_timeout,        408, NULL, NULL}',
    '{conflict,               409, NULL, NULL}',
    '{idempotency_in_flight,  409, NULL, NULL}',
    '{length_required,        411, NULL, NULL}',
    '{too_large,              413, NULL, NULL}',
    '{uri_too_long,           414, NULL, NULL}',
    '{unsupported_media_type, 415, NULL, NULL}',
    '{expectation_failed,     417, NULL, NULL}',
    '{idempotency_key_reused, 422, NULL, NULL}',
    '{upgrade_required,       426, NULL, NULL}',
    '{rate_limited,           429, NULL, NULL}',
    '{header_too_large,       431, NULL, NULL}',
    '{internal,               500, NULL, NULL}',
    '{not_supported,          501, NULL, NULL}',
    '{bad_gateway,            502, NULL, NULL}',
    '{unavailable,            503, NULL, NULL}',
    '{try_again,              503, NULL, NULL}',
    '{too_slow,               504, NULL, NULL}',
    '{http_version,           505, NULL, NULL}',
    -- Registration, in the words of the contract. The last three are ids drawn twice.
    '{users_email_key,        400, NULL, "Email already registered"}',
    '{users_username_key,     400, NULL, "Email already registered"}',
    '{tenants_name_key,       400, NULL, "Organization name already exists. Please choose a different name."}',
    '{users_pkey,             400, NULL, "Unable to create user. Please try again."}',
    '{tenants_pkey,           400, NULL, "Unable to create user. Please try again."}',
    '{sessions_pkey,          400, NULL, "Unable to create user. Please try again."}');

SELECT core.declare_rate_policy('autonomos', 'auth',  'address',   'bucket', 10, 60, 20);
SELECT core.declare_rate_policy('autonomos', 'read',  'tenant_id', 'bucket', 60, 60, 100);
SELECT core.declare_rate_policy('autonomos', 'write', 'tenant_id', 'bucket', 30, 60, 50);
SELECT core.declare_rate_policy('autonomos', 'bulk',  'tenant_id', 'bucket',  5, 60, 10);
