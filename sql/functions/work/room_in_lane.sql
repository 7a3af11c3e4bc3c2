-- How many jobs of a limited kind may still be begun for a tenant.
--
-- Role:    pgserver_owner, through api.claim_jobs
CREATE OR REPLACE FUNCTION work.room_in_lane(tenant_id uuid, lane text)
RETURNS bigint LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_unlimited CONSTANT bigint := 1000;
BEGIN
    RETURN COALESCE(
        (SELECT k.tenant_concurrency FROM work.job_kinds AS k WHERE k.kind = room_in_lane.lane), v_unlimited)
        - (SELECT count(*) FROM work.jobs AS j
           WHERE j.state = 'running' AND j.lane <> ''
             AND j.tenant_id = room_in_lane.tenant_id AND j.lane = room_in_lane.lane);
END;
$$;
COMMENT ON FUNCTION work.room_in_lane(uuid, text) IS
    'How many jobs of a limited kind may still be begun for a tenant.';
