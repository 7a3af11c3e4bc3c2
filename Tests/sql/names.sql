-- Every body finds what it names without a search path of its caller (only definer functions fix theirs), and holds no
-- statement that could not be planned. plpgsql_check comes from Debian and may be missing where somebody else's
-- PostgreSQL is tested.
RESET ROLE;
SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'plpgsql_check') AS can_check \gset
\if :can_check
CREATE EXTENSION plpgsql_check;
SET LOCAL search_path = '';

-- The record of a dynamic statement has no columns before it runs; of that alone nothing is said.
CREATE FUNCTION test.faults() RETURNS TABLE (fault text) LANGUAGE sql AS $$
    SELECT pg_catalog.format('%s line %s: %s', p.oid::pg_catalog.regprocedure, c.lineno, c.message)
    FROM pg_catalog.pg_proc AS p
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace AND n.nspowner = 'pgserver_owner'::pg_catalog.regrole
    JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang AND l.lanname = 'plpgsql'
    LEFT JOIN pg_catalog.pg_trigger AS t ON t.tgfoid = p.oid AND NOT t.tgisinternal
    CROSS JOIN LATERAL public.plpgsql_check_function_tb(
        p.oid, relid => COALESCE(t.tgrelid, 0), fatal_errors => false, other_warnings => false,
        extra_warnings => false, oldtable => t.tgoldtable, newtable => t.tgnewtable) AS c
    WHERE c.level = 'error' AND c.message NOT LIKE 'record % is not assigned yet'
      AND (t.oid IS NOT NULL OR p.prorettype <> 'pg_catalog.trigger'::pg_catalog.regtype)
$$;
SELECT test.equals('faults', (SELECT pg_catalog.array_agg(f.fault) FROM test.faults() AS f), NULL::text[]);

CREATE FUNCTION core.unqualified() RETURNS integer LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT count(*) FROM events); END';
ALTER FUNCTION core.unqualified() OWNER TO pgserver_owner;
SELECT test.equals('a body that needs a path is found', (SELECT pg_catalog.count(*) FROM test.faults() AS f), 1::bigint);
\endif
