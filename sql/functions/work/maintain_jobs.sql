-- Requires: functions/work/create_finished_partitions.sql
-- Requires: functions/work/job_kind.sql
-- Sees to the tables of jobs: makes partitions for the finished ones ahead of time, drops those whose day has come, and
-- removes what is said of jobs that are no more.
--
-- Role:    worker
-- Definer: lends the dropping and removal of what retention has ended, for every tenant
-- Returns: {created, dropped, removed}
-- Errors:  55P03  somebody has been reading finished jobs for too long; the next attempt goes on
CREATE OR REPLACE FUNCTION work.maintain_jobs(arguments jsonb)
RETURNS jsonb LANGUAGE plpgsql
-- Whoever finishes a job waits behind us while we wait for a lock.
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = '' SET lock_timeout = '500ms'
AS $$
DECLARE
    v_count_max CONSTANT integer  := 100000;
    v_today     CONSTANT date     := (now() AT TIME ZONE 'UTC')::date;
    v_created   CONSTANT integer  := work.create_finished_partitions();
    v_partition text;
    v_dropped   integer := 0;
    v_expired   integer;
    v_progress  integer;
    v_cancels   integer;
BEGIN
    FOR v_partition IN
        SELECT c.relname
        FROM pg_catalog.pg_inherits AS i
        JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'work.finished_jobs'::regclass AND c.relname ~ '^finished_jobs_[0-9]{8}$'
          AND right(c.relname, 8)::date <= v_today
        ORDER BY 1
    LOOP
        EXECUTE format('DROP TABLE work.%I', v_partition);
        v_dropped := v_dropped + 1;
    END LOOP;
    DELETE FROM work.finished_jobs_default AS f
    WHERE f.ctid = ANY (ARRAY(SELECT e.ctid FROM work.finished_jobs_default AS e WHERE e.expires_on <= v_today LIMIT v_count_max));
    GET DIAGNOSTICS v_expired = ROW_COUNT;
    -- The last that a finished job said of itself goes after an hour: until then it can be looked at.
    DELETE FROM work.job_progress AS p
    WHERE p.reported_at < now() - interval '1 hour'
      AND NOT EXISTS (SELECT FROM work.jobs AS j WHERE j.tenant_id = p.tenant_id AND j.job_id = p.job_id);
    GET DIAGNOSTICS v_progress = ROW_COUNT;
    DELETE FROM work.job_cancels AS c
    WHERE c.requested_at < now() - interval '1 hour'
      AND NOT EXISTS (SELECT FROM work.jobs AS j WHERE j.tenant_id = c.tenant_id AND j.job_id = c.job_id);
    GET DIAGNOSTICS v_cancels = ROW_COUNT;
    RETURN jsonb_build_object(
        'created', v_created, 'dropped', v_dropped, 'removed', v_expired + v_progress + v_cancels);
END;
$$;
COMMENT ON FUNCTION work.maintain_jobs(jsonb) IS 'Sees to the tables of jobs.';
GRANT EXECUTE ON FUNCTION work.maintain_jobs(jsonb) TO worker;
SELECT work.job_kind('work.maintain_jobs', 'work.maintain_jobs', timeout => interval '10 min');
