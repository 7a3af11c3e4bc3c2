-- Requires: functions/data/check_egress.sql
-- Requires: functions/data/connection_slug.sql
-- Requires: functions/data/discovery_settings.sql
-- Connects a source: stores what is known of it and, for a database, makes the foreign server. Nothing is sent to the
-- source yet; data.test_connection and discovery do that. A disconnected connection of the same name and kind comes back
-- with its id.
--
-- Role:    member, worker
-- Definer: lends the making of a foreign server and the storing of secrets, for the caller's tenant
-- Returns: the connection's id
-- Errors:  PT400 invalid               400  a field is missing, unknown or malformed; each is named
--          PT401 unauthenticated       401  nobody is signed in
--          PT403 forbidden             403  the permission connections.write is missing
--          PT409 connections_limit     409  the tenant has as many connections as it may
--          PT409 connections_slug_key  409  a connection of this name is in use
--          PT409 connection_busy       409  the rows of the connection that had this name are still being removed
--          PT422 address_not_allowed   422  the host is not one that this server may reach
CREATE OR REPLACE FUNCTION data.create_connection(
    name text, connection_type text, configuration jsonb DEFAULT '{}', secrets jsonb DEFAULT '{}')
RETURNS uuid LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_locks         CONSTANT integer := 887072;
    v_count_max     CONSTANT bigint  := core.setting_integer('data.connections_max');
    v_configuration jsonb := COALESCE(create_connection.configuration, '{}');
    v_secrets       CONSTANT jsonb := COALESCE(create_connection.secrets, '{}');
    v_connection    data.connections;
BEGIN
    PERFORM data.require_write();
    PERFORM api.invalid(VARIADIC data.connection_faults(
        COALESCE(create_connection.name, ''), COALESCE(create_connection.connection_type, ''), v_configuration, v_secrets));
    SELECT data.schema_defaults(t.configuration_schema, v_configuration)
    INTO STRICT v_configuration
    FROM data.connection_types AS t
    WHERE t.connection_type = create_connection.connection_type;
    IF v_configuration ? 'host' THEN
        PERFORM data.check_egress(
            v_configuration ->> 'host', (v_configuration ->> 'port')::int, v_configuration ->> 'database');
    END IF;
    -- Two that come at once do not both take the last place.
    PERFORM pg_advisory_xact_lock(v_locks, hashtext(auth.tenant_id()::text));
    IF (
        SELECT count(*) FROM data.connections AS c WHERE c.tenant_id = auth.tenant_id() AND c.status <> 'DISCONNECTED'
    ) >= v_count_max THEN
        PERFORM api.fail(
            'connections_limit', format('There are %s connections already, as many as may be.', v_count_max), 409);
    END IF;

    INSERT INTO data.connections AS c (tenant_id, slug, name, connection_type, source_system, configuration)
    VALUES (
        auth.tenant_id(), data.connection_slug(create_connection.name), create_connection.name,
        create_connection.connection_type, v_configuration ->> 'source_system', v_configuration)
    ON CONFLICT ON CONSTRAINT connections_slug_key DO UPDATE
    SET name = EXCLUDED.name, source_system = EXCLUDED.source_system, configuration = EXCLUDED.configuration,
        status = EXCLUDED.status, health = EXCLUDED.health, last_error = NULL, last_discovery_at = NULL,
        updated_at = now()
    WHERE c.status = 'DISCONNECTED' AND c.connection_type = EXCLUDED.connection_type
    RETURNING c.* INTO v_connection;
    IF NOT FOUND THEN
        PERFORM api.fail('connections_slug_key', 'A connection of this name already exists.', 409, 'name');
    ELSIF EXISTS (
        SELECT FROM data.source_relations AS r
        WHERE r.tenant_id = v_connection.tenant_id AND r.connection_id = v_connection.connection_id
    ) THEN
        PERFORM api.fail(
            'connection_busy', 'The rows of the connection that had this name are still being removed.', 409, 'name');
    END IF;
    -- What comes back may be another database: nothing there differs from what was.
    DELETE FROM data.schema_snapshots AS s
    WHERE s.tenant_id = v_connection.tenant_id AND s.connection_id = v_connection.connection_id;
    INSERT INTO data.connection_secrets (tenant_id, connection_id, name, secret)
    SELECT v_connection.tenant_id, v_connection.connection_id, s.key, s.value
    FROM jsonb_each_text(v_secrets) AS s
    WHERE s.value IS NOT NULL;
    IF v_configuration ? 'host' THEN
        PERFORM data.build_source_server(v_connection);
    END IF;
    RETURN v_connection.connection_id;
END;
$$;
COMMENT ON FUNCTION data.create_connection(text, text, jsonb, jsonb) IS 'Connects a source.';
GRANT EXECUTE ON FUNCTION data.create_connection(text, text, jsonb, jsonb) TO member, worker;
