-- Requires: functions/data/enqueue_discovery.sql
-- Takes note that a source has brought something new: a connection that waited for its first is active from now on, and
-- what the source has is looked at.
--
-- Role:    pgserver_owner, for functions that act for a member or the worker
CREATE OR REPLACE FUNCTION data.source_changed(connection_id uuid)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    UPDATE data.connections AS c
    SET status = 'ACTIVE', health = 'healthy', health_checked_at = now(), last_error = NULL, updated_at = now()
    WHERE c.tenant_id = (SELECT auth.tenant_id()) AND c.connection_id = source_changed.connection_id
        AND c.status IN ('PENDING', 'FAILED');
    PERFORM data.enqueue_discovery(c.connection_id)
    FROM data.connections AS c
    WHERE c.tenant_id = (SELECT auth.tenant_id()) AND c.connection_id = source_changed.connection_id AND c.status = 'ACTIVE';
END;
$$;
COMMENT ON FUNCTION data.source_changed(uuid) IS 'Takes note that a source has brought something new.';
