SET LOCAL ROLE pgserver;
SELECT api.add_signing_key('one', 'RS256', 'private 1', 'public 1', '{"kid": "one"}');
SELECT api.add_signing_key('two', 'HS256', 'secret', NULL, NULL);
SELECT test.equals('the active key', array_agg(k.kid), '{two}'::text[]) FROM api.signing_keys() AS k WHERE k.is_active;
SELECT test.equals('the key before it', k.private_key, 'private 1') FROM api.signing_keys() AS k WHERE k.kid = 'one';
SELECT test.raises($$SELECT api.add_signing_key('two', 'HS256', 's', NULL, NULL)$$,                  '23505', 'signing_keys_pkey');
SELECT test.raises($$SELECT api.add_signing_key('x', 'none', 's', NULL, NULL)$$,                     '23514', 'signing_keys_algorithm_check');
SELECT test.raises($$SELECT api.add_signing_key('x', 'HS256', 's', NULL, '{"k": "s"}')$$,            '23514', 'signing_keys_public_jwk_check');
SELECT test.raises($$SELECT api.add_signing_key('x', 'ES256', 's', NULL, NULL)$$,                    '23514', 'signing_keys_public_jwk_check');
-- A shared secret is never published; a retired key is, while a token of its may live.
SELECT test.become_anon();
SELECT test.equals('the published keys', autopack.jwks()::jsonb, '{"keys": [{"kid": "one"}]}'::jsonb);
RESET ROLE;
UPDATE auth.signing_keys SET retired_at = now() - interval '2 h' WHERE kid = 'one';
SELECT test.equals('after its last token', autopack.jwks()::jsonb, '{"keys": []}'::jsonb);
SELECT test.equals('keys left to verify with', count(*), 1::bigint) FROM api.signing_keys();
