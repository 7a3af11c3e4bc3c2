-- Refuses a change of tenant_id, which totals and references could not follow.
--
-- Role:    nobody; a trigger
-- Errors:  PT409 tenant_is_fixed  409  a record cannot move to another tenant
CREATE FUNCTION data.refuse_tenant_change()
RETURNS trigger LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER SET search_path = ''
AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'PT409', MESSAGE = 'tenant_is_fixed', DETAIL = 'A record cannot move to another tenant.';
END;
$$;
COMMENT ON FUNCTION data.refuse_tenant_change() IS 'Refuses a change of tenant_id, which totals and references could not follow.';
