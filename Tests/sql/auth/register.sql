SELECT test.become_anon();

-- A user and a tenant that they own, signed in for the life of one token: there is no refresh token.
SELECT test.equals('the e-mail address', c.email, 'New@person.test'),
       test.equals('the username', c.username, 'New@person.test'),
       test.equals('a superuser', c.is_superuser, false),
       test.equals('the roles', c.claims -> 'roles', '["owner", "admin"]'::jsonb),
       test.equals('the tenant of the token', c.claims ->> 'tenant_id', c.tenant_id::text),
       test.equals('the life of the token', (c.claims ->> 'exp')::bigint - (c.claims ->> 'iat')::bigint, 3600::bigint),
       test.equals('the refresh token', c.refresh_token, NULL)
FROM auth.register('New@person.test', 'correct horse', 'New organization', token_lifetime => '1 h') AS c;
SELECT test.equals('claims', ARRAY(SELECT jsonb_object_keys(c.claims) AS k ORDER BY k), '{exp,iat,is_superuser,iss,jti,permissions,plan,roles,sid,sub,tenant_id,tier,user_id}'::text[])
FROM auth.register('claims@person.test', 'correct horse', token_lifetime => '1 h') AS c;

-- What is taken stays taken, whatever its case.
SELECT test.raises($$SELECT auth.register('new@PERSON.test', 'correct horse', 'Other')$$,            '23505', 'users_email_key');
SELECT test.raises($$SELECT auth.register('a@b.test', 'correct horse', 'NEW organization')$$,        '23505', 'tenants_name_key');
-- One who names no organization gets one, even if the name is an organization's already.
SELECT test.is_true('a personal tenant', (auth.register('b@b.test', 'correct horse', username => 'New organization')).tenant_id IS NOT NULL);
SELECT test.raises($$SELECT auth.register('c@b.test', 'correct horse', username => 'new ORGANIZATION')$$, '23505', 'users_username_key');

-- Every field that is wrong is named.
SELECT test.raises($$SELECT auth.register('no address', 'short', '')$$, 'PT400', '"email"');
SELECT test.raises($$SELECT auth.register('no address', 'short', '')$$, 'PT400', '"password"');
SELECT test.raises($$SELECT auth.register('no address', 'short', '')$$, 'PT400', '"name"');
-- bcrypt reads 72 bytes: that many are taken, one more is refused. Bytes, not letters.
SELECT test.is_true('8 bytes', (auth.register('d@b.test', repeat('x', 8))).user_id IS NOT NULL);
SELECT test.is_true('72 bytes', (auth.register('e@b.test', repeat('x', 72))).user_id IS NOT NULL);
SELECT test.raises($$SELECT auth.register('f@b.test', repeat('x', 7))$$,  'PT400', 'too_short');
SELECT test.raises($$SELECT auth.register('f@b.test', repeat('x', 73))$$, 'PT400', 'too_long');
SELECT test.raises($$SELECT auth.register('f@b.test', repeat('é', 37))$$, 'PT400', 'too_long');
-- Nobody takes another's address for a name.
SELECT test.raises($$SELECT auth.register('g@b.test', 'correct horse', username => 'New@person.test')$$, 'PT400', 'bad_username');

-- The hash is bcrypt, at the cost that is set.
RESET ROLE;
SELECT test.is_true('the hash', p.password_hash ~ '^\$2a\$04\$.{53}$')
FROM auth.passwords AS p JOIN auth.users AS u USING (user_id) WHERE u.email = 'New@person.test';
