-- Whether a mapping reads what is different: a field that it maps, its key or its cursor, or the whole relation.
--
-- Role:    pgserver_owner
CREATE OR REPLACE FUNCTION data.is_mapped(drift data.drift_events)
RETURNS boolean LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN drift.event_type NOT IN ('field_added', 'table_added') AND EXISTS (
        SELECT
        FROM data.mappings AS m
        WHERE m.tenant_id = drift.tenant_id AND m.connection_id = drift.connection_id AND m.source_relation = drift.relation
            AND (
                drift.field IS NULL
                OR drift.field IN (m.key_column, m.cursor_column)
                OR EXISTS (
                    SELECT
                    FROM data.mapping_fields AS f
                    WHERE f.tenant_id = m.tenant_id AND f.mapping_id = m.mapping_id AND f.vendor_field = drift.field
                )
            )
    );
END;
$$;
COMMENT ON FUNCTION data.is_mapped(data.drift_events) IS 'Whether a mapping reads what is different.';
