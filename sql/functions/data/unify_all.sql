-- Requires: functions/data/unify_contacts.sql
-- Requires: functions/work/job_kind.sql
-- Requires: functions/work/schedule.sql
-- Gives each tenant whose contacts changed a job that unifies them.
--
-- Role:    worker, of the installation
-- Definer: lends the worker the sight of which tenants wait
-- Returns: {tenants}: how many
CREATE OR REPLACE FUNCTION data.unify_all(arguments jsonb)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_tenant_id uuid;
    v_count     int := 0;
BEGIN
    LOOP
        -- From tenant to tenant: the notes of one may be many.
        SELECT c.tenant_id
        INTO v_tenant_id
        FROM data.contact_changes AS c
        WHERE c.tenant_id > COALESCE(v_tenant_id, '00000000-0000-0000-0000-000000000000')
        ORDER BY c.tenant_id
        LIMIT 1;
        EXIT WHEN NOT FOUND;
        PERFORM work.enqueue('data.unify_contacts', unique_key => 'unify', tenant_id => v_tenant_id);
        v_count := v_count + 1;
    END LOOP;
    RETURN jsonb_build_object('tenants', v_count);
END;
$$;
COMMENT ON FUNCTION data.unify_all(jsonb) IS 'Gives each tenant whose contacts changed a job that unifies them.';
GRANT EXECUTE ON FUNCTION data.unify_all(jsonb) TO worker;
SELECT work.job_kind('data.unify_all', 'data.unify_all', max_attempts => 3, keep => interval '0');
SELECT work.schedule('data.unify_all', '* * * * *', 'data.unify_all');
