-- How many records of an entity the caller's tenant has from one source. Counted in an index alone; whoever asks often
-- asks seldom enough.
--
-- Role:    member, worker
-- Returns: the number; 0 for an entity that is not known
CREATE OR REPLACE FUNCTION data.count_source_records(connection_id uuid, entity text)
RETURNS bigint LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_relation text;
    v_count    bigint := 0;
BEGIN
    SELECT e.relation_name INTO v_relation FROM data.entities AS e WHERE e.entity = count_source_records.entity;
    IF FOUND THEN
        EXECUTE format(
            'SELECT count(*) FROM data.%I WHERE tenant_id = auth.tenant_id() AND source_connection_id = $1', v_relation)
        INTO STRICT v_count USING count_source_records.connection_id;
    END IF;
    RETURN v_count;
END;
$$;
COMMENT ON FUNCTION data.count_source_records(uuid, text) IS 'How many records of an entity come from one source.';
GRANT EXECUTE ON FUNCTION data.count_source_records(uuid, text) TO member, worker;
