-- :tenant_count tenants with a user and a session each, loaded by the administrator. Their ids end in 10 and what follows,
-- so that a load generator can put a valid request together from one random number.
INSERT INTO auth.tenants (tenant_id, name, plan, tier)
SELECT ('00000000-0000-4000-8000-' || lpad(t::text, 12, '0'))::uuid, 'Tenant ' || t, 'Pro', 'Standard'
FROM generate_series(10, 9 + :tenant_count) AS t
ON CONFLICT DO NOTHING;
INSERT INTO auth.users (user_id, email, username)
SELECT ('00000000-0000-4000-8001-' || lpad(t::text, 12, '0'))::uuid, format('user%s@example.test', t), 'user' || t
FROM generate_series(10, 9 + :tenant_count) AS t
ON CONFLICT DO NOTHING;
INSERT INTO auth.memberships (tenant_id, user_id, role)
SELECT ('00000000-0000-4000-8000-' || lpad(t::text, 12, '0'))::uuid, ('00000000-0000-4000-8001-' || lpad(t::text, 12, '0'))::uuid, 'member'
FROM generate_series(10, 9 + :tenant_count) AS t
ON CONFLICT DO NOTHING;
INSERT INTO auth.sessions (tenant_id, session_id, user_id, kind, expires_at)
SELECT ('00000000-0000-4000-8000-' || lpad(t::text, 12, '0'))::uuid, ('00000000-0000-4000-8002-' || lpad(t::text, 12, '0'))::uuid,
       ('00000000-0000-4000-8001-' || lpad(t::text, 12, '0'))::uuid, 'login', now() + interval '1 day'
FROM generate_series(10, 9 + :tenant_count) AS t
ON CONFLICT DO NOTHING;
