-- Has the tenant's contacts unified soon. What reads contacts in calls it at its end; whoever does not is found by
-- data.unify_all within a minute.
--
-- Role:    member, worker
-- Returns: the id of the job, new or waiting
CREATE OR REPLACE FUNCTION data.enqueue_unification()
RETURNS bigint LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN work.enqueue('data.unify_contacts', unique_key => 'unify');
END;
$$;
COMMENT ON FUNCTION data.enqueue_unification() IS 'Has the tenant''s contacts unified soon.';
GRANT EXECUTE ON FUNCTION data.enqueue_unification() TO member, worker;
