-- The graph of the calling tenant: its connected sources, the entities that they feed or that have records, and an edge
-- for each active mapping. An edge weighs the records that came over it; the confidence is the mean of that of the
-- mapped fields, 0 while nothing is mapped.
--
-- Role:    member
-- Returns: {nodes: [{id, label, type}], edges: [{source, target, weight}], confidence, last_updated}: when a source or a
--          mapping last changed, or was read
CREATE OR REPLACE FUNCTION autonomos.graph()
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN (
        WITH sources AS (
            SELECT
                c.connection_id, c.name, c.updated_at,
                -- A source may be called as an entity is; a colon is in no slug.
                CASE WHEN EXISTS (SELECT FROM data.entities AS e WHERE e.entity = c.slug) THEN 'source:' ELSE '' END
                    || c.slug AS id
            FROM data.connections AS c
            WHERE c.tenant_id = auth.tenant_id() AND c.status <> 'DISCONNECTED'
        ), mappings AS (
            SELECT m.mapping_id, s.id AS source, m.entity, m.connection_id, m.updated_at
            FROM data.mappings AS m
            JOIN sources AS s ON s.connection_id = m.connection_id
            WHERE m.tenant_id = auth.tenant_id() AND m.status = 'active'
        ), entities AS (
            SELECT m.entity FROM mappings AS m
            UNION
            SELECT c.entity
            FROM data.entity_counts AS c
            WHERE c.tenant_id = auth.tenant_id()
            GROUP BY c.entity
            HAVING sum(c.total) > 0
        )
        SELECT json_build_object(
            'nodes', (
                SELECT COALESCE(json_agg(
                    json_build_object('id', n.id, 'label', n.label, 'type', n.type) ORDER BY n.type DESC, n.id), '[]')
                FROM (
                    SELECT s.id, s.name AS label, 'source' AS type FROM sources AS s
                    UNION ALL
                    SELECT e.entity, initcap(e.entity), 'entity' FROM entities AS e
                ) AS n),
            'edges', (
                SELECT COALESCE(json_agg(json_build_object(
                    'source', m.source, 'target', m.entity,
                    'weight', data.count_source_records(m.connection_id, m.entity)) ORDER BY m.source, m.entity), '[]')
                FROM mappings AS m),
            'confidence', (
                SELECT COALESCE(trim_scale(round(avg(f.confidence), 3)), 0)
                FROM data.mapping_fields AS f
                JOIN mappings AS m ON m.mapping_id = f.mapping_id
                WHERE f.tenant_id = auth.tenant_id()),
            'last_updated', core.rfc3339((
                SELECT max(u.at)
                FROM (
                    SELECT s.updated_at AS at FROM sources AS s
                    UNION ALL
                    SELECT m.updated_at FROM mappings AS m
                    UNION ALL
                    SELECT t.created_at FROM auth.tenants AS t WHERE t.tenant_id = auth.tenant_id()
                ) AS u)))
    );
END;
$$;
COMMENT ON FUNCTION autonomos.graph() IS 'The graph of the calling tenant: sources, entities and mappings.';
GRANT EXECUTE ON FUNCTION autonomos.graph() TO member;
