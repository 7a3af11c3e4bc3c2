-- Requires: functions/data/begin_unification.sql
-- Requires: functions/data/permissions.sql
-- Says whose values survive when contacts become one, in place of what was said before, and has all of them unified anew.
--
-- Role:    member
-- Definer: lends the storing of the priorities, for the caller's tenant
-- Takes:   source_priorities: [{source_system, priority}], 200 at most; a priority is 1 to 1000, the lowest comes first
-- Errors:  PT400 invalid          400  an entry cannot be understood; it is named
--          PT401 unauthenticated  401  nobody is signed in
--          PT403 forbidden        403  the permission connections.write is missing
CREATE OR REPLACE FUNCTION data.set_source_priorities(source_priorities jsonb)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_entries_max CONSTANT int := 200;
    v_part        CONSTANT int := 1000;
    v_tenant_id   CONSTANT uuid := auth.tenant_id();
    v_faults api.fault[];
BEGIN
    PERFORM data.require_write();
    IF jsonb_typeof(set_source_priorities.source_priorities) IS DISTINCT FROM 'array'
        OR jsonb_array_length(set_source_priorities.source_priorities) > v_entries_max
    THEN
        PERFORM api.invalid(('source_priorities', 'invalid_value', 'Priorities are a list of at most 200 objects.')::api.fault);
    END IF;
    WITH entries AS (
        SELECT e.entry, e.position, format('source_priorities[%s]', e.position - 1) AS path
        FROM jsonb_array_elements(set_source_priorities.source_priorities) WITH ORDINALITY AS e (entry, position)
    )
    SELECT array_agg((f.field, f.code, f.message)::api.fault ORDER BY f.position)
    INTO v_faults
    FROM (
        SELECT e.position, e.path AS field, 'invalid_value' AS code, 'A priority is an object.' AS message
        FROM entries AS e
        WHERE jsonb_typeof(e.entry) <> 'object'
        UNION ALL
        SELECT e.position, e.path || '.source_system', 'invalid_value',
            'The source system is lower-case letters, digits and underscores, 40 at most.'
        FROM entries AS e
        WHERE jsonb_typeof(e.entry) = 'object' AND (
            jsonb_typeof(e.entry -> 'source_system') IS DISTINCT FROM 'string'
            OR e.entry ->> 'source_system' !~ '^[a-z][a-z0-9_]{0,39}$')
        UNION ALL
        SELECT e.position, e.path || '.priority', 'invalid_value', 'A priority is a whole number from 1 to 1000.'
        FROM entries AS e
        WHERE jsonb_typeof(e.entry) = 'object' AND NOT CASE jsonb_typeof(e.entry -> 'priority')
            WHEN 'number' THEN (e.entry ->> 'priority')::numeric BETWEEN 1 AND 1000
                AND (e.entry ->> 'priority')::numeric % 1 = 0
            ELSE false
        END
        UNION ALL
        SELECT max(e.position), format('source_priorities[%s].source_system', max(e.position) - 1), 'duplicate',
            'This source system is named twice.'
        FROM entries AS e
        WHERE jsonb_typeof(e.entry -> 'source_system') = 'string'
        GROUP BY e.entry ->> 'source_system'
        HAVING count(*) > 1
    ) AS f;
    PERFORM api.invalid(VARIADIC COALESCE(v_faults, '{}'));

    -- A run that is under way ends first; what it made is seen below.
    PERFORM data.begin_unification();
    DELETE FROM data.source_priorities AS p
    WHERE p.tenant_id = v_tenant_id AND NOT EXISTS (
        SELECT
        FROM jsonb_array_elements(set_source_priorities.source_priorities) AS e (entry)
        WHERE e.entry ->> 'source_system' = p.source_system
    );
    INSERT INTO data.source_priorities AS p (tenant_id, source_system, priority)
    SELECT v_tenant_id, e.entry ->> 'source_system', (e.entry ->> 'priority')::numeric::int
    FROM jsonb_array_elements(set_source_priorities.source_priorities) AS e (entry)
    ON CONFLICT ON CONSTRAINT source_priorities_pkey DO UPDATE
    SET priority = EXCLUDED.priority
    WHERE p.priority <> EXCLUDED.priority;
    -- With one contact there is nothing to choose.
    INSERT INTO data.contact_changes (tenant_id, emails)
    SELECT v_tenant_id, array_agg(n.email)
    FROM (
        SELECT g.email, (row_number() OVER () - 1) / v_part AS part
        FROM data.golden_contacts AS g
        WHERE g.tenant_id = v_tenant_id AND g.contact_count > 1
    ) AS n
    GROUP BY n.part;
    PERFORM data.enqueue_unification();
END;
$$;
COMMENT ON FUNCTION data.set_source_priorities(jsonb) IS 'Says whose values survive when contacts become one.';
GRANT EXECUTE ON FUNCTION data.set_source_priorities(jsonb) TO member;
