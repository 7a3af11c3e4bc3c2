-- Whose key it is: the caller, or the nil UUID for a credential that is no user's.
--
-- Role:    pgserver_owner
CREATE OR REPLACE FUNCTION core.idempotency_user()
RETURNS uuid LANGUAGE sql
STABLE PARALLEL SAFE SECURITY INVOKER
RETURN COALESCE(auth.user_id(), '00000000-0000-0000-0000-000000000000'::uuid);
COMMENT ON FUNCTION core.idempotency_user() IS 'Whose Idempotency-Key it is.';
