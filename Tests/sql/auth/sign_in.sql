SELECT test.become_anon();
SELECT auth.register('Signs@in.test', 'correct horse', username => 'signer');

SELECT test.is_true('signs in as ' || i.identifier, (auth.sign_in(i.identifier, 'correct horse', '1 h')).user_id IS NOT NULL)
FROM (VALUES ('Signs@in.test'), ('signs@IN.test'), ('signer'), ('SIGNER')) AS i (identifier);
SELECT test.is_true(format('does not sign in as %s with %s', i.identifier, i.password),
    (auth.sign_in(i.identifier, i.password, '1 h')).user_id IS NULL)
FROM (VALUES ('signer', 'Correct horse'), ('signer', ''), ('nobody', 'correct horse'), ('', ''),
             ('signer', repeat('x', 100)), ('signer%', 'correct horse'), ('dev@autonomos.dev', 'correct horse')) AS i (identifier, password);

-- A sign-in outlives its token by a refresh token.
SELECT test.is_true('a refresh token', c.refresh_token ~ '^pgr_[A-Za-z0-9_-]{43}$')
FROM auth.sign_in('signer', 'correct horse', '30 min') AS c;

-- Bytes past the 72nd are not passed over.
SELECT auth.register('long@in.test', repeat('x', 72));
SELECT test.is_true('72 bytes fit', (auth.sign_in('long@in.test', repeat('x', 72), '1 h')).user_id IS NOT NULL);
SELECT test.is_true('72 bytes and one do not', (auth.sign_in('long@in.test', repeat('x', 73), '1 h')).user_id IS NULL);

-- A hash of another cost is made anew when its password is known.
SELECT set_config('pgserver.settings', '{"auth.bcrypt_cost": "5"}', true);
SELECT test.is_true('signs in', (auth.sign_in('signer', 'correct horse', '1 h')).user_id IS NOT NULL);
RESET ROLE;
SELECT test.equals('the cost', substr(p.password_hash, 5, 2), '05')
FROM auth.passwords AS p JOIN auth.users AS u USING (user_id) WHERE u.username = 'signer';

-- One who is switched off is refused, and the sessions they had are over.
UPDATE auth.users SET is_active = false WHERE username = 'signer';
SELECT test.equals('sessions left', count(*), 0::bigint)
FROM auth.sessions AS s JOIN auth.users AS u USING (user_id) WHERE u.username = 'signer' AND s.revoked_at IS NULL;
SELECT test.become_anon();
SELECT test.is_true('switched off', (auth.sign_in('signer', 'correct horse', '1 h')).user_id IS NULL);
