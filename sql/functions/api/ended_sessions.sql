-- Which of some sessions are no longer alive: for streams, which outlive the check that a request makes.
--
-- Role:    pgserver
-- Takes:   two arrays of one length: the tenant and the id of each session
CREATE OR REPLACE FUNCTION api.ended_sessions(tenant_ids uuid[], session_ids uuid[])
RETURNS TABLE (tenant_id uuid, session_id uuid)
LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT a.tenant_id, a.session_id
    FROM unnest(ended_sessions.tenant_ids, ended_sessions.session_ids) AS a (tenant_id, session_id)
    WHERE NOT EXISTS (
        SELECT FROM api.live_sessions AS s WHERE s.tenant_id = a.tenant_id AND s.session_id = a.session_id);
END;
$$;
COMMENT ON FUNCTION api.ended_sessions(uuid[], uuid[]) IS 'Which of some sessions are no longer alive.';
GRANT EXECUTE ON FUNCTION api.ended_sessions(uuid[], uuid[]) TO pgserver;
