-- Ends one session of the calling tenant: one's own, or anybody's with the permission sessions.manage. The next
-- request that names it is refused.
--
-- Role:    member
-- Definer: lends a member the ending of sessions, which nobody may write
-- Returns: whether there was such a session, still alive
CREATE OR REPLACE FUNCTION auth.revoke_session(session_id uuid, reason text DEFAULT 'revoked')
RETURNS boolean LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    UPDATE auth.sessions AS s SET revoked_at = now(), reason = revoke_session.reason
    WHERE s.tenant_id = auth.tenant_id() AND s.session_id = revoke_session.session_id AND s.revoked_at IS NULL
      AND (s.user_id = auth.user_id() OR auth.has_permission('sessions.manage'));
    RETURN FOUND;
END;
$$;
COMMENT ON FUNCTION auth.revoke_session(uuid, text) IS 'Ends one session of the calling tenant.';
GRANT EXECUTE ON FUNCTION auth.revoke_session(uuid, text) TO member;
