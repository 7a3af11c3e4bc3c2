-- The answers of /api/v1/auth, to the letter.
SELECT test.become_anon();
SELECT test.equals('register: status', r.status, 201),
       test.equals('register: members', ARRAY(SELECT json_object_keys(r.body::json)) || ARRAY(SELECT json_object_keys(r.tokens)), '{user,token_type,access_token}'),
       test.equals('register: user', ARRAY(SELECT json_object_keys(r.body::json -> 'user')), '{email,id,tenant_id,created_at}'),
       test.is_true('register: created_at', r.body::json #>> '{user,created_at}' ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$')
FROM autonomos.register('signs@up.test', 'correct horse', 'Sign-up') AS r;

SELECT test.equals('login: members', ARRAY(SELECT json_object_keys(r.body::json)) || ARRAY(SELECT json_object_keys(r.tokens)), '{refresh_token,token_type,expires_in,access_token}'),
       test.equals('login: expires_in', r.body::json ->> 'expires_in', '3600'),
       test.equals('login: exp', (r.tokens #>> '{access_token,exp}')::bigint - (r.tokens #>> '{access_token,iat}')::bigint, 3600::bigint),
       test.is_true('refresh token', set_config('test.refresh', r.body::json ->> 'refresh_token', true) <> '')
FROM autonomos.login('signs@up.test', 'correct horse') AS r;

SELECT test.equals('refusal: status', r.status, 401),
       test.equals('refusal: headers', r.headers, '{"WWW-Authenticate": "Bearer"}'::json),
       test.equals('refusal: body', r.body::jsonb, '{
            "detail": "Incorrect email or password", "status_code": 401,
            "trace_id": "trace-8ce8ea61-339d-42b7-afbe-e0938db6e381",
            "error": {"code": "AUTHENTICATION_REQUIRED", "message": "Incorrect email or password", "details": [],
                      "request_id": "req_8ce8ea61339d42b7afbee0938db6e381"}}'::jsonb)
FROM autonomos.login('signs@up.test', 'wrong horse') AS r;

SELECT test.equals('refresh: status', r.status, 200), test.equals('refresh: expires_in', r.body::json ->> 'expires_in', '3600')
FROM autonomos.refresh(current_setting('test.refresh')) AS r;
SELECT test.equals('refresh again: status', r.status, 401), test.equals('refresh again: tokens', r.tokens, NULL)
FROM autonomos.refresh(current_setting('test.refresh')) AS r;

-- Who is calling, and who seems to be in demo mode.
SELECT test.become_member(1);
SELECT test.equals('me', autonomos.me()::jsonb - 'created_at', jsonb_build_object('email', 'person1@tenant1.test', 'id', test.person(1), 'tenant_id', test.tenant(1)));
SELECT set_config('pgserver.settings', '{"autonomos.auth_enabled": "false"}', true);
SELECT test.equals('demo: email', autonomos.me() ->> 'email', 'dev@autonomos.dev'),
       test.is_true('demo: ids', autonomos.me() ->> 'id' <> autonomos.me() ->> 'id');
SELECT set_config('pgserver.settings', '{"autonomos.auth_enabled": "false", "server.environment": "production"}', true);
SELECT test.equals('no demo in production', autonomos.me() ->> 'email', 'person1@tenant1.test');
