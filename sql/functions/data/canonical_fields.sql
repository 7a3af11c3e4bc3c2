-- The fields that a mapping to an entity may fill, of the canonical ones and of the tenant's own kinds of record alike.
--
-- Role:    pgserver_owner, member
-- Returns: their rows; none if there is no such entity or kind of record
CREATE OR REPLACE FUNCTION data.canonical_fields(entity text, record_type text DEFAULT NULL)
RETURNS TABLE (field text, data_type text, is_required boolean, referenced_entity text) LANGUAGE sql
STABLE PARALLEL SAFE SECURITY INVOKER
BEGIN ATOMIC
    SELECT f.field, f.data_type, f.is_required, f.referenced_entity
    FROM data.entity_fields AS f
    WHERE f.entity = canonical_fields.entity AND f.entity <> 'record'
    UNION ALL
    SELECT
        e.entry ->> 'field', e.entry ->> 'data_type', COALESCE((e.entry ->> 'is_required')::boolean, false), NULL::text
    FROM data.record_types AS r
    CROSS JOIN LATERAL jsonb_array_elements(r.fields) AS e (entry)
    WHERE canonical_fields.entity = 'record' AND r.tenant_id = (SELECT auth.tenant_id())
        AND r.record_type = canonical_fields.record_type;
END;
COMMENT ON FUNCTION data.canonical_fields(text, text) IS 'The fields that a mapping to an entity may fill.';
GRANT EXECUTE ON FUNCTION data.canonical_fields(text, text) TO member, worker;
