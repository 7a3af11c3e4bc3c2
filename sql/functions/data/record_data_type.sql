-- The data type that a field of a tenant's own kind of record has if only the type of its source column is known.
--
-- Role:    pgserver_owner, member
-- Returns: text, numeric, boolean, date, timestamptz or json
CREATE OR REPLACE FUNCTION data.record_data_type(source_type text)
RETURNS text LANGUAGE sql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
RETURN CASE
    WHEN record_data_type.source_type IN ('smallint', 'integer', 'bigint', 'numeric', 'real', 'double precision') THEN 'numeric'
    WHEN record_data_type.source_type IN ('boolean', 'date') THEN record_data_type.source_type
    WHEN record_data_type.source_type IN ('timestamptz', 'timestamp', 'timestamp with time zone', 'timestamp without time zone')
        THEN 'timestamptz'
    WHEN record_data_type.source_type IN ('json', 'jsonb') THEN 'json'
    ELSE 'text'
END;
COMMENT ON FUNCTION data.record_data_type(text) IS 'The data type of a field of which only the source column''s type is known.';
GRANT EXECUTE ON FUNCTION data.record_data_type(text) TO member, worker;
