-- The sessions that may be used now. The server looks here at the start of every transaction.
--
-- A view, not a function: it becomes part of the server's own prepared statement and is planned once.
CREATE OR REPLACE VIEW api.live_sessions AS
SELECT s.tenant_id, s.session_id
FROM auth.sessions AS s
WHERE s.revoked_at IS NULL AND s.expires_at > now();
COMMENT ON VIEW api.live_sessions IS 'The sessions that are neither revoked nor over.';
REVOKE ALL ON api.live_sessions FROM PUBLIC;
GRANT SELECT ON api.live_sessions TO pgserver;
