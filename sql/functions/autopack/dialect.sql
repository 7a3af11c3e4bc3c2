-- Requires: functions/api/dialect.sql
-- Requires: functions/api/problems.sql
-- Requires: functions/core/declare_setting.sql
-- Requires: functions/core/declare_rate_policy.sql
-- How Autopack writes: {"detail"}, bare objects, limit and offset, input faults as 400.
SELECT core.declare_setting('autopack.environment', 'AUTOPACK_ENV', 'text', 'development',
    'Where Autopack runs. In production its operator surface needs the key.');
SELECT core.declare_setting('autopack.api_key', 'AUTOPACK_API_KEY', 'text', NULL,
    'A key that acts as the operator of the tenant Autopack.');
SELECT core.declare_setting('autopack.public_read', 'AUTOPACK_PUBLIC_READ', 'boolean', 'false',
    'Whether the operator surface is open in development.');
SELECT core.declare_setting('autopack.debug_db_identity', 'DEBUG_DB_IDENTITY', 'boolean', 'false',
    'Whether GET /health shows which database it is, beside its hash.');
SELECT core.declare_setting('autopack.phase6_metrics', 'AUTOPACK_ENABLE_PHASE6_METRICS', 'boolean', 'false',
    'Whether Phase 6 telemetry is collected.', is_kill_switch => true);
SELECT core.declare_setting('autopack.consolidated_metrics', 'AUTOPACK_ENABLE_CONSOLIDATED_METRICS', 'boolean', 'false',
    'Whether the consolidated metrics are served.', is_kill_switch => true);
SELECT core.declare_setting('autopack.auto_approve', 'AUTO_APPROVE_BUILD113', 'boolean', 'true',
    'Whether risky decisions are approved without a person.', is_kill_switch => true);

SELECT api.dialect('autopack', 'Autopack',
    '{"detail":${message}[[faults:,"errors":[ ${faults} ] ]]}',
    prefixes => '{/approval,/dashboard,/files,/governance,/health,/project,/research,/runs,/storage,/telegram,/api/auth/oauth,/api/auth/me,/api/auth/.well-known}',
    page_template => '{${items_key}:${items},"total":${total},"limit":${limit},"offset":${offset}}',
    www_authenticate => 'Bearer');

SELECT api.problems('autopack',
    '{malformed_request,      400, NULL, NULL}',
    '{invalid,                400, NULL, "Invalid request body or parameters"}',
    '{unauthenticated,        401, NULL, "Could not validate credentials"}',
    '{session_ended,          401, NULL, "Could not validate credentials"}',
    '{invalid_credentials,    401, NULL, "Incorrect username or password"}',
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
    '{http_version,           505, NULL, NULL}');

SELECT core.declare_rate_policy('autopack', 'run_start', 'address', 'window', 10, 60, 0);
