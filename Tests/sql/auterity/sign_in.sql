-- The answers of /api/auth, to the letter.
SELECT test.become_anon();
SELECT test.equals('register', r::jsonb - 'id', '{"email": "signs@up.test", "username": "signer", "full_name": "Signer", "role": "user", "message": "User registered successfully"}'::jsonb)
FROM auterity.register('signs@up.test', 'correct horse', username => 'signer', full_name => 'Signer', role => 'admin') AS r;
SELECT test.equals('username by default', auterity.register('more@up.test', 'correct horse') ->> 'username', 'more@up.test');

-- Either field may hold either name.
SELECT test.equals('login: status', (auterity.login('correct horse', l.email, l.username)).status, 200)
FROM (VALUES ('signs@up.test', NULL), ('signer', NULL), (NULL, 'signer'), (NULL, 'signs@up.test'), ('', 'signer')) AS l (email, username);
SELECT test.equals('login: members', ARRAY(SELECT json_object_keys(r.body::json)) || ARRAY(SELECT json_object_keys(r.tokens)), '{refresh_token,token_type,expires_in,user,access_token}'),
       test.equals('login: user', ((r.body::jsonb) -> 'user') - 'id', '{"email": "signs@up.test", "role": "user", "username": "signer", "is_superuser": false}'::jsonb),
       test.equals('login: expires_in', r.body::json ->> 'expires_in', '1800'),
       test.equals('login: superuser', r.tokens #>> '{access_token,is_superuser}', 'false'),
       test.is_true('refresh token', set_config('test.refresh', r.body::json ->> 'refresh_token', true) <> ''),
       test.is_true('session', set_config('test.claims', r.tokens ->> 'access_token', true) <> '')
FROM auterity.login('correct horse', username => 'signer') AS r;
SELECT test.raises($$SELECT auterity.login('wrong horse', 'signer')$$, 'PT401', 'invalid_credentials');
SELECT test.raises($$SELECT auterity.login('correct horse')$$,         'PT400', '"email"');

SELECT test.equals('refresh: members', ARRAY(SELECT json_object_keys(r.body::json)), '{refresh_token,token_type,expires_in}'),
       test.is_true('refresh token', set_config('test.refresh', r.body::json ->> 'refresh_token', true) <> '')
FROM auterity.refresh(current_setting('test.refresh')) AS r;
SELECT test.equals('refusal', r.body::jsonb #- '{error,timestamp}', '{
        "error": {"code": "UNAUTHORIZED", "message": "The refresh token is not valid.", "request_id": "req-8ce8ea61-339d-42b7-afbe-e0938db6e381"},
        "detail": "The refresh token is not valid."}'::jsonb),
       test.equals('refusal: headers', r.headers, '{"WWW-Authenticate": "Bearer"}'::json)
FROM auterity.refresh('pgr_unknown') AS r;

-- Signing out ends the session for the access token and for the refresh token.
SELECT set_config('request.tenant_id', c ->> 'tenant_id', true), set_config('request.user_id', c ->> 'user_id', true),
       set_config('request.session_id', c ->> 'sid', true)
FROM (SELECT current_setting('test.claims')::json) AS t (c);
SET LOCAL ROLE member;
SELECT test.equals('who is calling', autopack.me()::jsonb - '{id,tenant_id,created_at}'::text[], '{"email": "signs@up.test", "username": "signer", "full_name": "Signer", "role": "user", "is_superuser": false}'::jsonb);
SELECT auterity.logout();
SET LOCAL ROLE pgserver;
SELECT test.equals('the session', api.live_session((c ->> 'tenant_id')::uuid, (c ->> 'sid')::uuid), false)
FROM (SELECT current_setting('test.claims')::json) AS t (c);
SET LOCAL ROLE anon;
SELECT test.equals('the refresh token', (auterity.refresh(current_setting('test.refresh'))).status, 401);
