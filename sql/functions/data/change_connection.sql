-- Requires: functions/data/check_egress.sql
-- Changes what is given of a connection: its name, members of its configuration (null for the default), its secrets. Its
-- slug stays, for addresses name it. What leads elsewhere, or with other credentials, is to be tested anew.
--
-- Role:    member, worker
-- Definer: lends the changing of a foreign server and of secrets, of the caller's tenant only
-- Errors:  PT400 invalid              400  a field is unknown or malformed; each is named
--          PT401 unauthenticated      401  nobody is signed in
--          PT403 forbidden            403  the permission connections.write is missing
--          PT404 not_found            404  the tenant has no such connection
--          PT409 connection_busy      409  a sync or a change of this connection is under way
--          PT409 disconnected         409  the connection was disconnected
--          PT422 address_not_allowed  422  the host is not one that this server may reach
CREATE OR REPLACE FUNCTION data.change_connection(
    connection_id uuid, name text DEFAULT NULL, configuration jsonb DEFAULT NULL, secrets jsonb DEFAULT NULL)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_connection    data.connections := data.writable_connection(change_connection.connection_id);
    v_configuration jsonb;
    v_leads         boolean;
BEGIN
    IF v_connection.status = 'DISCONNECTED' THEN
        PERFORM api.fail('disconnected', 'This connection was disconnected.', 409);
    END IF;
    PERFORM api.invalid(
        CASE WHEN jsonb_typeof(change_connection.configuration) <> 'object'
            THEN ('configuration', 'invalid_type', 'This must be an object.')::api.fault END,
        CASE WHEN jsonb_typeof(change_connection.secrets) <> 'object'
            THEN ('secrets', 'invalid_type', 'This must be an object.')::api.fault END);
    v_configuration := v_connection.configuration || COALESCE(change_connection.configuration, '{}');
    PERFORM api.invalid(VARIADIC data.connection_faults(
        COALESCE(change_connection.name, v_connection.name), v_connection.connection_type, v_configuration,
        -- Those that are kept are not shown to the check; what matters is that they are there.
        (SELECT COALESCE(jsonb_object_agg(s.name, 'kept'), '{}')
         FROM data.connection_secrets AS s
         WHERE s.tenant_id = v_connection.tenant_id AND s.connection_id = v_connection.connection_id)
        || COALESCE(change_connection.secrets, '{}')));
    SELECT data.schema_defaults(t.configuration_schema, v_configuration)
    INTO STRICT v_configuration
    FROM data.connection_types AS t
    WHERE t.connection_type = v_connection.connection_type;
    IF v_configuration ? 'host' THEN
        PERFORM data.check_egress(
            v_configuration ->> 'host', (v_configuration ->> 'port')::int, v_configuration ->> 'database');
    END IF;

    v_leads := v_configuration - 'source_system' <> v_connection.configuration - 'source_system'
        OR COALESCE(change_connection.secrets, '{}') <> '{}';
    UPDATE data.connections AS c
    SET name = COALESCE(change_connection.name, c.name),
        configuration = v_configuration,
        source_system = v_configuration ->> 'source_system',
        status = CASE WHEN v_leads AND v_configuration ? 'host' AND c.status <> 'PAUSED' THEN 'PENDING' ELSE c.status END,
        health = CASE WHEN v_leads AND v_configuration ? 'host' THEN 'unknown' ELSE c.health END,
        last_error = CASE WHEN v_leads THEN NULL ELSE c.last_error END,
        updated_at = now()
    WHERE c.tenant_id = v_connection.tenant_id AND c.connection_id = v_connection.connection_id
    RETURNING c.* INTO STRICT v_connection;
    INSERT INTO data.connection_secrets AS s (tenant_id, connection_id, name, secret)
    SELECT v_connection.tenant_id, v_connection.connection_id, n.key, n.value
    FROM jsonb_each_text(change_connection.secrets) AS n
    ON CONFLICT ON CONSTRAINT connection_secrets_pkey DO UPDATE SET secret = EXCLUDED.secret, changed_at = now();
    IF v_leads AND v_configuration ? 'host' THEN
        PERFORM data.build_source_server(v_connection);
    END IF;
END;
$$;
COMMENT ON FUNCTION data.change_connection(uuid, text, jsonb, jsonb) IS 'Changes what is given of a connection.';
GRANT EXECUTE ON FUNCTION data.change_connection(uuid, text, jsonb, jsonb) TO member, worker;
