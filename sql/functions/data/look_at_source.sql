-- What a source has now: of a database by its own catalog, of files and pushed records by what they hold.
--
-- Role:    pgserver_owner
-- Returns: relations, as data.schema_snapshots keeps them; or failure_code and failure
CREATE OR REPLACE FUNCTION data.look_at_source(
    connection data.connections, OUT relations jsonb, OUT failure_code text, OUT failure text)
RETURNS record LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_known bytea;
BEGIN
    IF NOT connection.configuration ? 'host' THEN
        relations := data.inferred_relations(connection);
        RETURN;
    END IF;
    BEGIN
        PERFORM data.check_egress(
            connection.configuration ->> 'host', (connection.configuration ->> 'port')::int,
            connection.configuration ->> 'database');
    EXCEPTION WHEN SQLSTATE 'PT422' THEN
        failure_code := 'address_not_allowed';
        failure := 'This server may not connect to that host.';
        RETURN;
    END;
    SELECT f.relations, f.failure_code, f.failure INTO relations, failure_code, failure
    FROM data.catalog_relations(connection) AS f;
    IF failure_code IS NULL THEN
        SELECT s.fingerprint INTO v_known
        FROM data.schema_snapshots AS s
        WHERE s.tenant_id = connection.tenant_id AND s.connection_id = connection.connection_id
        ORDER BY s.version DESC
        LIMIT 1;
        -- Values are looked at where something is new; what is as it was keeps its sample.
        IF v_known IS DISTINCT FROM data.schema_fingerprint(relations) THEN
            relations := data.sample_relations(connection, relations);
        END IF;
    END IF;
END;
$$;
COMMENT ON FUNCTION data.look_at_source(data.connections) IS 'What a source has now.';
