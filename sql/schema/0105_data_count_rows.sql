-- Keeps data.entity_counts in step with a canonical table. The trigger's argument names the entity.
--
-- Role:    nobody; a trigger
-- Definer: lends every writer of a canonical table the right to keep that table's totals
CREATE FUNCTION data.count_rows()
RETURNS trigger LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_entity CONSTANT text := TG_ARGV[0];
    v_change record;
    v_slot   int;
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM data.entity_counts AS c WHERE c.entity = v_entity;
        RETURN NULL;
    END IF;
    FOR v_change IN EXECUTE CASE TG_OP
        WHEN 'INSERT' THEN 'SELECT tenant_id, count(*) AS total FROM new_rows GROUP BY tenant_id ORDER BY tenant_id'
        ELSE 'SELECT tenant_id, -count(*) AS total FROM old_rows GROUP BY tenant_id ORDER BY tenant_id'
    END
    LOOP
        SELECT c.slot
        INTO v_slot
        FROM data.entity_counts AS c
        WHERE c.tenant_id = v_change.tenant_id AND c.entity = v_entity
        LIMIT 1
        FOR UPDATE SKIP LOCKED;
        IF FOUND THEN
            UPDATE data.entity_counts AS c
            SET total = c.total + v_change.total
            WHERE c.tenant_id = v_change.tenant_id AND c.entity = v_entity AND c.slot = v_slot;
        ELSE
            INSERT INTO data.entity_counts AS c (tenant_id, entity, slot, total)
            VALUES (v_change.tenant_id, v_entity, pg_backend_pid(), v_change.total)
            ON CONFLICT ON CONSTRAINT entity_counts_pkey DO UPDATE SET total = c.total + EXCLUDED.total;
        END IF;
    END LOOP;
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION data.count_rows() IS 'Keeps data.entity_counts in step with a canonical table; the argument names the entity.';
