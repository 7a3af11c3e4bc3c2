-- The kind of value a type takes from a request, for types that are no domain.
--
-- Role:    nobody; part of api.catalog_parameters()
CREATE OR REPLACE FUNCTION api.type_kind(type oid)
RETURNS text LANGUAGE sql
STABLE PARALLEL SAFE SECURITY INVOKER
RETURN (
    SELECT CASE
        WHEN t.typtype = 'e'                                THEN 'enum'
        WHEN t.typcategory = 'A'                            THEN 'array'
        WHEN t.typnamespace <> 'pg_catalog'::regnamespace   THEN 'other'
        WHEN t.typname IN ('text', 'varchar', 'bpchar', 'name') THEN 'text'
        WHEN t.typname IN ('int2', 'int4', 'int8', 'numeric', 'bool', 'uuid', 'date', 'bytea') THEN t.typname::text
        WHEN t.typname IN ('float4', 'float8')              THEN 'float'
        WHEN t.typname IN ('timestamp', 'timestamptz')      THEN 'timestamptz'
        WHEN t.typname IN ('json', 'jsonb')                 THEN 'json'
        ELSE 'other'
    END
    FROM pg_catalog.pg_type AS t
    WHERE t.oid = type_kind.type
);
COMMENT ON FUNCTION api.type_kind(oid) IS 'The kind of value a type takes from a request.';
