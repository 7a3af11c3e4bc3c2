-- Ends the calling session: its access tokens and its refresh token, from the next request on.
--
-- Role:    member
-- Returns: 200 {message}
CREATE OR REPLACE FUNCTION auterity.logout()
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    PERFORM auth.revoke_session(auth.session_id(), 'signed_out');
    RETURN json_build_object('message', 'Successfully logged out');
END;
$$;
COMMENT ON FUNCTION auterity.logout() IS 'Ends the calling session.';
GRANT EXECUTE ON FUNCTION auterity.logout() TO member;
SELECT api.route('POST /api/auth/logout', 'auterity.logout', dialect => 'auterity_auth', rate => 'requests',
    returns => '{"message": "string"}');
