-- Requires: functions/data/unify.sql
-- Requires: functions/work/job_kind.sql
-- Unifies a tenant's contacts, step by step: what is left when a step ends is a job of its own, of the same transaction.
--
-- Role:    worker
-- Returns: what data.unify() says of this step
CREATE OR REPLACE FUNCTION data.unify_contacts(arguments jsonb)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_result CONSTANT jsonb := data.unify(20000);
BEGIN
    IF NOT (v_result ->> 'is_complete')::boolean THEN
        PERFORM data.enqueue_unification();
    END IF;
    RETURN v_result;
END;
$$;
COMMENT ON FUNCTION data.unify_contacts(jsonb) IS 'Unifies a tenant''s contacts, step by step.';
GRANT EXECUTE ON FUNCTION data.unify_contacts(jsonb) TO worker;
SELECT work.job_kind('data.unify_contacts', 'data.unify_contacts', timeout => interval '5 min', tenant_concurrency => 1,
    keep => interval '1 day');
