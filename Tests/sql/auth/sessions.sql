RESET ROLE;
INSERT INTO auth.sessions (tenant_id, session_id, user_id, kind, expires_at)
SELECT test.tenant(n), test.person(n, 4 + nth), test.person(n, nth), 'login', now() + interval '1 h'
FROM generate_series(1, 2) AS n CROSS JOIN generate_series(1, 2) AS nth;

-- The server asks this of every request.
SET LOCAL ROLE pgserver;
SELECT test.equals('alive', api.live_session(test.tenant(1), test.person(1, 5)), true);
SELECT test.equals('of another tenant', api.live_session(test.tenant(2), test.person(1, 5)), false);
SELECT test.equals('unknown', api.live_session(test.tenant(1), test.person(1, 8)), false);
SELECT test.raises('SELECT user_id FROM auth.sessions', '42501');
SELECT test.raises('SELECT api.session_ended()', 'PT401', 'session_ended');

RESET ROLE;
-- The statement that opens every request: nobody, a session that is alive, and those that are not.
CREATE FUNCTION test.enter(session text)
RETURNS text LANGUAGE sql AS $$
    SELECT CASE
        WHEN session = '' OR EXISTS (
            SELECT FROM api.live_sessions AS s
            WHERE s.tenant_id = nullif(test.tenant(1)::text, '')::uuid AND s.session_id = nullif(session, '')::uuid)
        THEN true ELSE api.session_ended() END::text
$$;
SET LOCAL ROLE pgserver;
SELECT test.equals('nobody', test.enter(''), 'true'), test.equals('alive', test.enter(test.person(1, 5)::text), 'true');
SELECT test.raises($$SELECT test.enter(test.person(2, 5)::text)$$, 'PT401', 'session_ended');
SELECT test.raises($$SELECT test.enter(test.person(1, 8)::text)$$, 'PT401', 'session_ended');

-- One's own session; another's only with the permission; a neighbour's never.
SELECT test.become_member(1, 2, '{}');
SELECT test.equals('a colleague''s', auth.revoke_session(test.person(1, 5)), false);
SELECT test.equals('a neighbour''s', auth.revoke_session(test.person(2, 5)), false);
SELECT test.equals('one''s own', auth.revoke_session(test.person(1, 6)), true);
SELECT test.equals('twice', auth.revoke_session(test.person(1, 6)), false);
SELECT test.become_member(1, 1, '{sessions.manage}');
SELECT test.equals('a neighbour''s sessions', auth.end_sessions(test.person(2, 1)), 0::bigint);
SELECT test.equals('one''s own sessions', auth.end_sessions(test.person(1, 1)), 1::bigint);
SET LOCAL ROLE pgserver;
SELECT test.equals('revoked', api.live_session(test.tenant(1), test.person(1, 5)), false);
SELECT test.equals('the neighbour''s', api.live_session(test.tenant(2), test.person(2, 5)), true);

-- A change of role ends the sessions that claim the old one, in that tenant.
RESET ROLE;
UPDATE auth.memberships SET role = 'viewer' WHERE tenant_id = test.tenant(2) AND user_id = test.person(2, 2);
SELECT test.equals('alive in tenant 2', array_agg(s.user_id), ARRAY[test.person(2, 1)])
FROM auth.sessions AS s WHERE s.tenant_id = test.tenant(2) AND s.revoked_at IS NULL;
-- A membership that is gone takes its sessions along.
DELETE FROM auth.memberships WHERE tenant_id = test.tenant(2) AND user_id = test.person(2, 1);
SELECT test.equals('left in tenant 2', count(*), 1::bigint) FROM auth.sessions AS s WHERE s.tenant_id = test.tenant(2);
