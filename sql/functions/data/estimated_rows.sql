-- How many rows a source's relation has, as the source's own planner thinks.
--
-- Role:    pgserver_owner
-- Takes:   the name of a foreign table of schema data_source
-- Returns: one number, as data.read_source() takes it
CREATE OR REPLACE FUNCTION data.estimated_rows(foreign_table text)
RETURNS jsonb[] LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_plan json;
BEGIN
    EXECUTE format('EXPLAIN (FORMAT JSON) SELECT FROM data_source.%I', estimated_rows.foreign_table) INTO STRICT v_plan;
    RETURN ARRAY[to_jsonb((v_plan #>> '{0,Plan,Plan Rows}')::numeric::bigint)];
END;
$$;
COMMENT ON FUNCTION data.estimated_rows(text) IS 'How many rows a source''s relation has, as the source thinks.';
