-- Requires: functions/data/schema_faults.sql
-- What is wrong with a connection's name, configuration and secrets.
--
-- Role:    pgserver_owner
-- Returns: the faults; none if all can be accepted. A length that no schema bounds is bounded here.
CREATE OR REPLACE FUNCTION data.connection_faults(name text, connection_type text, configuration jsonb, secrets jsonb)
RETURNS api.fault[] LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_type   data.connection_types;
    v_faults api.fault[] := '{}';
BEGIN
    IF char_length(connection_faults.name) NOT BETWEEN 1 AND 200 OR data.connection_slug(connection_faults.name) = '' THEN
        v_faults := v_faults || (
            'name', 'invalid_value', 'The name must contain a letter or digit and have at most 200 characters.')::api.fault;
    END IF;
    SELECT t.* INTO v_type FROM data.connection_types AS t WHERE t.connection_type = connection_faults.connection_type;
    IF NOT FOUND THEN
        RETURN v_faults || ('connection_type', 'not_found', format('Use one of %s.', (
            SELECT string_agg(t.connection_type, ', ' ORDER BY t.connection_type) FROM data.connection_types AS t
        )))::api.fault;
    END IF;
    RETURN v_faults
        || data.schema_faults(v_type.configuration_schema, connection_faults.configuration, 'configuration')
        || data.schema_faults(v_type.secrets_schema, connection_faults.secrets, 'secrets');
END;
$$;
COMMENT ON FUNCTION data.connection_faults(text, text, jsonb, jsonb) IS
    'What is wrong with a connection''s name, configuration and secrets.';
