SELECT test.become_anon();
SELECT auth.register('refreshes@in.test', 'correct horse');
SELECT set_config('test.first', (auth.sign_in('refreshes@in.test', 'correct horse', '1 h')).refresh_token, true);
SELECT set_config('test.second', (auth.refresh(current_setting('test.first'), '30 min')).refresh_token, true);

SELECT test.is_true('the next token is another', current_setting('test.second') <> current_setting('test.first'));
SELECT test.is_true('an unknown token', (auth.refresh('pgr_unknown', '1 h')).user_id IS NULL);
SELECT test.equals('the life of the token', (c.claims ->> 'exp')::bigint - (c.claims ->> 'iat')::bigint, 1800::bigint),
       test.equals('the third token', set_config('test.third', c.refresh_token, true), c.refresh_token)
FROM auth.refresh(current_setting('test.second'), '30 min') AS c;

-- A token that comes back used ends the session: the one that nobody has used yet is worth nothing now.
SELECT test.is_true('the first token again', (auth.refresh(current_setting('test.first'), '1 h')).user_id IS NULL);
SELECT test.is_true('the third token after that', (auth.refresh(current_setting('test.third'), '1 h')).user_id IS NULL);
RESET ROLE;
SELECT test.equals('the end of the session', s.reason, 'refresh_token_reused')
FROM auth.sessions AS s JOIN auth.users AS u USING (user_id) WHERE u.email = 'refreshes@in.test';
SELECT test.is_true('tokens are kept as hashes only', octet_length(r.token_hash) = 32) FROM auth.refresh_tokens AS r;

-- A session that is over refreshes no more.
SELECT test.become_anon();
SELECT set_config('test.late', (auth.sign_in('refreshes@in.test', 'correct horse', '1 h')).refresh_token, true);
RESET ROLE;
UPDATE auth.sessions SET expires_at = now();
SELECT test.become_anon();
SELECT test.is_true('a token of a session that is over', (auth.refresh(current_setting('test.late'), '1 h')).user_id IS NULL);
