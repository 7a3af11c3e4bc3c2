-- A relation of a source as the latest discovery saw it.
--
-- Role:    pgserver_owner
-- Returns: {relation, columns, key_columns, …}; NULL if it was not there, or nothing was discovered yet
CREATE OR REPLACE FUNCTION data.latest_relation(connection_id uuid, relation text)
RETURNS jsonb LANGUAGE sql
STABLE PARALLEL SAFE SECURITY INVOKER
RETURN (
    SELECT r.entry
    FROM (
        SELECT s.relations
        FROM data.schema_snapshots AS s
        WHERE s.tenant_id = (SELECT auth.tenant_id()) AND s.connection_id = latest_relation.connection_id
        ORDER BY s.version DESC
        LIMIT 1
    ) AS l
    CROSS JOIN LATERAL jsonb_array_elements(l.relations) AS r (entry)
    WHERE r.entry ->> 'relation' = latest_relation.relation
    LIMIT 1
);
COMMENT ON FUNCTION data.latest_relation(uuid, text) IS 'A relation of a source as the latest discovery saw it.';
