-- A policy must never raise: whatever is in the settings, it is a tenant or none.
SELECT set_config('request.tenant_id', '', true);
SELECT test.equals('no tenant', auth.tenant_id(), NULL);
SELECT set_config('request.tenant_id', 'garbage', true);
SELECT test.equals('garbage', auth.tenant_id(), NULL);
SELECT set_config('request.tenant_id', test.tenant(1)::text || 'x', true);
SELECT test.equals('nearly a tenant', auth.tenant_id(), NULL);
SELECT set_config('request.user_id', '; DROP', true);
SELECT test.equals('no user', auth.user_id(), NULL);
SELECT set_config('request.tenant_id', upper(test.tenant(1)::text), true);
SELECT test.equals('a tenant', auth.tenant_id(), test.tenant(1));
