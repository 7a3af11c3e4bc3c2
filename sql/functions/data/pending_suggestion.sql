-- The suggestion that the caller means to decide, with its connection, both held until the transaction ends.
--
-- Role:    pgserver_owner, for functions that act for a member or the worker
-- Errors:  PT401 unauthenticated     401  nobody is signed in
--          PT403 forbidden           403  the permission connections.write is missing
--          PT404 not_found           404  the tenant has no such suggestion
--          PT409 suggestion_decided  409  it was decided already, or a later look replaced it
--          PT409 connection_busy     409  a sync or a change of the connection is under way
CREATE OR REPLACE FUNCTION data.pending_suggestion(suggestion_id uuid)
RETURNS data.mapping_suggestions LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_suggestion data.mapping_suggestions;
BEGIN
    PERFORM data.require_write();
    SELECT s.* INTO v_suggestion
    FROM data.mapping_suggestions AS s
    WHERE s.tenant_id = (SELECT auth.tenant_id()) AND s.suggestion_id = pending_suggestion.suggestion_id;
    IF NOT FOUND THEN
        PERFORM api.fail('not_found', 'Suggestion not found.', 404);
    END IF;
    PERFORM data.writable_connection(v_suggestion.connection_id);
    SELECT s.* INTO v_suggestion
    FROM data.mapping_suggestions AS s
    WHERE s.tenant_id = v_suggestion.tenant_id AND s.suggestion_id = v_suggestion.suggestion_id
    FOR NO KEY UPDATE;
    IF v_suggestion.status <> 'pending' THEN
        PERFORM api.fail(
            'suggestion_decided', format('This suggestion is no longer pending: it is %s.', v_suggestion.status), 409);
    END IF;
    RETURN v_suggestion;
END;
$$;
COMMENT ON FUNCTION data.pending_suggestion(uuid) IS 'The suggestion that the caller means to decide, held.';
