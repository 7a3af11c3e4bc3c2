-- Ends every session of a user in the calling tenant, API keys included: one's own, or anybody's with the permission
-- sessions.manage.
--
-- Role:    member
-- Definer: lends a member the ending of sessions, which nobody may write
-- Returns: how many were alive
CREATE OR REPLACE FUNCTION auth.end_sessions(user_id uuid)
RETURNS bigint LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_count bigint;
BEGIN
    UPDATE auth.sessions AS s SET revoked_at = now(), reason = 'ended'
    WHERE s.tenant_id = auth.tenant_id() AND s.user_id = end_sessions.user_id AND s.revoked_at IS NULL
      AND (s.user_id = auth.user_id() OR auth.has_permission('sessions.manage'));
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END;
$$;
COMMENT ON FUNCTION auth.end_sessions(uuid) IS 'Ends every session of a user in the calling tenant.';
GRANT EXECUTE ON FUNCTION auth.end_sessions(uuid) TO member;
