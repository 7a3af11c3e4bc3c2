-- The sentence a person reads when a constraint refuses: the comment of each constraint and unique index of ours.
-- The column is the one it is about, not counting the tenant; none where it is about several.
--
-- Role:    pgserver
-- Definer: lends the server the reading of the catalog
CREATE OR REPLACE FUNCTION api.catalog_constraints()
RETURNS TABLE (name text, sentence text, column_name text)
LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    RETURN QUERY
    SELECT DISTINCT ON (u.name) u.name, u.sentence, u.column_name
    FROM (
        -- From the comments to what they are about: most constraints have none.
        SELECT
            c.conname::text AS name,
            s.description AS sentence,
            (SELECT CASE count(*) WHEN 1 THEN min(a.attname::text) END
             FROM pg_catalog.pg_attribute AS a
             WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) AND a.attname <> 'tenant_id') AS column_name,
            c.connamespace AS namespace
        FROM pg_catalog.pg_description AS s
        JOIN pg_catalog.pg_constraint AS c ON c.oid = s.objoid
        WHERE s.classoid = 'pg_catalog.pg_constraint'::regclass
        UNION ALL
        SELECT
            i.relname::text,
            s.description,
            (SELECT CASE count(DISTINCT a.attname) WHEN 1 THEN min(a.attname::text) END
             FROM pg_catalog.pg_depend AS d
             JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
             WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = i.oid AND a.attname <> 'tenant_id'),
            i.relnamespace
        FROM pg_catalog.pg_description AS s
        JOIN pg_catalog.pg_class AS i ON i.oid = s.objoid
        JOIN pg_catalog.pg_index AS x ON x.indexrelid = i.oid AND x.indisunique
        WHERE s.classoid = 'pg_catalog.pg_class'::regclass AND s.objsubid = 0
    ) AS u
    JOIN pg_catalog.pg_namespace AS n ON n.oid = u.namespace
    WHERE n.nspowner = 'pgserver_owner'::regrole
    ORDER BY u.name, n.nspname;
END;
$$;
COMMENT ON FUNCTION api.catalog_constraints() IS 'The sentence a person reads when a constraint refuses.';
GRANT EXECUTE ON FUNCTION api.catalog_constraints() TO pgserver;
