-- Requires: functions/autonomos/dialect.sql
-- Requires: functions/data/unify.sql
-- Unifies the contacts of the calling tenant: those with the same e-mail address become one golden contact.
--
-- Role:    member
-- Returns: 200 {status, unified_contacts, links}: how many golden contacts and links there are now. status is ok; running
--          if so much has changed that a job goes on with it, whose end the same call sees.
-- Errors:  none of its own
CREATE OR REPLACE FUNCTION autonomos.run_unification()
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_addresses_max CONSTANT int := 30000;
    v_result CONSTANT jsonb := data.unify(v_addresses_max);
BEGIN
    IF NOT (v_result ->> 'is_complete')::boolean THEN
        PERFORM data.enqueue_unification();
    END IF;
    RETURN json_build_object(
        'status', CASE WHEN (v_result ->> 'is_complete')::boolean THEN 'ok' ELSE 'running' END,
        'unified_contacts', v_result -> 'unified_contacts',
        'links', v_result -> 'links');
END;
$$;
COMMENT ON FUNCTION autonomos.run_unification() IS 'Unifies the contacts of the calling tenant.';
GRANT EXECUTE ON FUNCTION autonomos.run_unification() TO member;
SELECT api.route('POST /api/v1/dcl/unify/run', 'autonomos.run_unification', rate => 'write', pool => 'slow',
    timeout => interval '30 s',
    returns => '{"status": "ok|running", "unified_contacts": "integer", "links": "integer"}', tag => 'DCL');
