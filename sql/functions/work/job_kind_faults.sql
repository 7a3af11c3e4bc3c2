-- What is wrong with the declared kinds of jobs and schedules. A migration ends with none.
--
-- Role:    pgserver_owner
-- Returns: a sentence for each fault, naming the kind or schedule
CREATE OR REPLACE FUNCTION work.job_kind_faults()
RETURNS SETOF text LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN QUERY
    SELECT format('Job kind %s: ', k.kind) || f.fault
    FROM work.job_kinds AS k
    CROSS JOIN LATERAL (
        SELECT
            k.function_name || CASE k.effect WHEN 'function' THEN '(jsonb)' ELSE '(jsonb,jsonb)' END AS signature,
            CASE k.effect WHEN 'function' THEN 'jsonb' ELSE 'void' END AS returned
    ) AS w
    LEFT JOIN pg_catalog.pg_proc AS p ON p.oid = to_regprocedure(w.signature)
    CROSS JOIN LATERAL (
        SELECT format('there is no function %s.', w.signature) WHERE p.oid IS NULL
        UNION ALL
        SELECT format('function %s must return %s.', w.signature, w.returned)
        WHERE p.prorettype <> w.returned::regtype OR p.proretset OR p.prokind <> 'f'
        UNION ALL
        SELECT format('role worker may not execute %s.', w.signature)
        WHERE NOT (has_function_privilege('worker', p.oid, 'EXECUTE')
                   AND has_schema_privilege('worker', p.pronamespace, 'USAGE'))
    ) AS f (fault)
    WHERE k.function_name IS NOT NULL
    ORDER BY k.kind, f.fault;

    RETURN QUERY
    SELECT format('Schedule %s: there is no job kind %s.', s.name, s.kind)
    FROM work.schedules AS s
    WHERE s.declared_in IS NOT NULL AND NOT EXISTS (SELECT FROM work.job_kinds AS k WHERE k.kind = s.kind);
END;
$$;
COMMENT ON FUNCTION work.job_kind_faults() IS 'What is wrong with the declared kinds of jobs and schedules.';
