-- Every contract answers the failures it states in its own status and words.
SET LOCAL ROLE pgserver;
SELECT test.equals(format('%s %s', w.dialect, w.code), ARRAY[p.status::text, p.public_code, p.message], ARRAY[w.status::text, w.public_code, w.message])
FROM (VALUES
    ('autonomos',      'unauthenticated',     401, NULL, 'Could not validate credentials'),
    ('autonomos',      'invalid',             400, NULL, 'Invalid request body or parameters'),
    ('autonomos',      'users_email_key',     400, NULL, 'Email already registered'),
    ('autonomos',      'tenants_name_key',    400, NULL, 'Organization name already exists. Please choose a different name.'),
    ('autonomos_auth', 'invalid_credentials', 401, 'AUTHENTICATION_REQUIRED', 'Incorrect email or password'),
    ('autonomos_auth', 'not_found',           404, NULL, NULL),
    ('etl',            'invalid',             400, 'VALIDATION_ERROR', 'Invalid request data'),
    ('etl',            'not_found',           404, 'RESOURCE_NOT_FOUND', NULL),
    ('etl',            'rate_limited',        429, 'RATE_LIMIT_EXCEEDED', NULL),
    ('auterity',       'invalid',             422, 'VALIDATION_ERROR', 'Request validation failed'),
    ('auterity',       'rate_limited',        429, 'RATE_LIMITED', NULL),
    ('auterity',       'bad_gateway',         502, 'AI_SERVICE_ERROR', NULL),
    ('auterity_auth',  'invalid',             422, 'VALIDATION_ERROR', 'Request validation failed'),
    ('autopack',       'invalid',             400, NULL, 'Invalid request body or parameters'),
    ('orchestrator',   'invalid',             400, 'VALIDATION_ERROR', 'The request is not valid')
) AS w (dialect, code, status, public_code, message)
LEFT JOIN api.catalog_problems() AS p ON p.dialect = w.dialect AND p.code = w.code;

SELECT test.equals(format('limit of %s %s for %s', w.dialect, w.class, w.who),
    format('%s %s per %s s for each %s, burst %s', p.kind, p.limit_count, p.window_seconds, p.subject, p.burst), w.wanted)
FROM (VALUES
    ('autonomos',      'auth',      NULL,         'bucket 10 per 60 s for each address, burst 20'),
    ('autonomos_auth', 'auth',      NULL,         'bucket 10 per 60 s for each address, burst 20'),
    ('autonomos',      'read',      NULL,         'bucket 60 per 60 s for each tenant_id, burst 100'),
    ('autonomos',      'write',     NULL,         'bucket 30 per 60 s for each tenant_id, burst 50'),
    ('autonomos',      'bulk',      NULL,         'bucket 5 per 60 s for each tenant_id, burst 10'),
    ('etl',            'requests',  'Free',       'window 100 per 3600 s for each tenant_id, burst 10'),
    ('etl',            'requests',  'Pro',        'window 1000 per 3600 s for each tenant_id, burst 100'),
    ('etl',            'requests',  'Enterprise', 'window 10000 per 3600 s for each tenant_id, burst 1000'),
    ('auterity',       'requests',  NULL,         'window 1000 per 60 s for each user_id, burst 0'),
    ('autopack',       'run_start', NULL,         'window 10 per 60 s for each address, burst 0'),
    ('orchestrator',   'requests',  'Standard',   'window 1000 per 60 s for each tenant_id, burst 100'),
    ('orchestrator',   'requests',  'Premium',    'window 5000 per 60 s for each tenant_id, burst 500')
) AS w (dialect, class, who, wanted)
LEFT JOIN api.catalog_rate_policies() AS p
    ON p.dialect = w.dialect AND p.rate_class = w.class AND p.selector_value IS NOT DISTINCT FROM w.who;

-- Who may be anybody may be no more than a member of the demo tenant.
SELECT test.equals('opened by a setting', array_agg(d.dialect ORDER BY d.dialect), '{autonomos}') FROM api.catalog_dialects() AS d WHERE d.auth_setting IS NOT NULL;
SELECT test.equals('as whom', ARRAY[c ->> 'tenant_id', c ->> 'roles', c ->> 'is_superuser'], ARRAY['00000000-0000-4000-8000-00000000000d', '["member"]', 'false']),
       test.is_true('permissions', c -> 'permissions' ? 'api_keys.create' AND NOT c -> 'permissions' ? 'audit.read')
FROM (SELECT d.open_claims::jsonb FROM api.catalog_dialects() AS d WHERE d.dialect = 'autonomos') AS o (c);
