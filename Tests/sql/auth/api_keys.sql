SELECT set_config('test.key', k.key, true), set_config('test.id', k.api_key_id::text, true)
FROM auth.create_api_key('nightly', '{audit.read}') AS k;
SELECT test.is_true('the form of a key', current_setting('test.key') ~ '^pgs_[A-Za-z0-9_-]{43}$');
SELECT test.equals('what is shown', k.prefix, left(current_setting('test.key'), 12)) FROM auth.api_keys AS k;

SELECT test.raises($$SELECT auth.create_api_key('nightly', '{}')$$,                    '23505', 'api_keys_name_key');
SELECT test.raises($$SELECT auth.create_api_key('', '{}')$$,                           '23514', 'api_keys_name_check');
SELECT test.raises($$SELECT auth.create_api_key('more', '{release.approve}')$$,        'PT400', 'scopes');
SELECT test.raises($$SELECT auth.create_api_key('more', '{superuser}')$$,              'PT400', 'scopes');
SELECT test.raises($$SELECT auth.create_api_key('late', '{}', now())$$,                'PT400', 'expires');
SELECT test.become_member(1, 2, '{}');
SELECT test.raises($$SELECT auth.create_api_key('mine', '{}')$$,                       'PT403', 'forbidden');
SELECT test.equals('a colleague''s key', auth.revoke_api_key(current_setting('test.id')::uuid), false);
SELECT test.become_member(2);
SELECT test.equals('a neighbour''s key', auth.revoke_api_key(current_setting('test.id')::uuid), false);

-- The server turns a hash into claims: the scopes, as far as the user still has them, and never the platform.
RESET ROLE;
UPDATE auth.users SET is_superuser = true WHERE user_id = test.person(1);
UPDATE auth.sessions SET revoked_at = NULL, reason = NULL WHERE tenant_id = test.tenant(1);
SET LOCAL ROLE pgserver;
SELECT test.equals('permissions', c -> 'permissions', '["audit.read"]'::json), test.equals('tenant', c ->> 'tenant_id', test.tenant(1)::text),
       test.equals('superuser', c ->> 'is_superuser', 'false'), test.is_true('session', c ->> 'sid' IS NOT NULL)
FROM api.key_principal(sha256(convert_to(current_setting('test.key'), 'UTF8'))) AS c;
SELECT test.equals('an unknown key', api.key_principal(sha256('')), NULL);
RESET ROLE;
UPDATE auth.memberships SET role = 'viewer' WHERE user_id = test.person(1);
UPDATE auth.sessions SET revoked_at = NULL, reason = NULL WHERE tenant_id = test.tenant(1);
SELECT test.equals('permissions the user has lost', api.key_principal(sha256(convert_to(current_setting('test.key'), 'UTF8'))) -> 'permissions', '[]'::json);
SELECT test.become_member(1);
SELECT test.equals('one''s own key', auth.revoke_api_key(current_setting('test.id')::uuid), true);
SET LOCAL ROLE pgserver;
SELECT test.equals('a revoked key', api.key_principal(sha256(convert_to(current_setting('test.key'), 'UTF8'))), NULL);

-- The operator's own key is a setting. No setting, no key.
SELECT test.equals('no operator key', api.key_principal(sha256('')), NULL);
SELECT set_config('pgserver.settings', '{"autopack.api_key": "operator"}', true);
SELECT test.equals('the operator''s tenant', c ->> 'tenant_id', '00000000-0000-4000-8000-00000000000b'), test.equals('sid', c ->> 'sid', NULL)
FROM api.key_principal(sha256('operator')) AS c;
-- The trail knows the key and not its hash.
RESET ROLE;
SELECT test.equals('the hash in the audit log', a.after ->> 'key_hash', '[redacted]')
FROM core.audit_log AS a WHERE a.table_name = 'api_keys' AND a.action = 'insert';
