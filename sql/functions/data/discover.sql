-- Lists the relations and columns of a source.
--
-- Role:    member, worker
-- Definer: lends the reading of the source's catalog through the foreign server, of the caller's tenant only
-- Returns: [{relation, columns: [{column, type, is_nullable}]}], 10000 columns at most
-- Errors:  PT401 unauthenticated      401  nobody is signed in
--          PT403 forbidden            403  the permission connections.write is missing
--          PT404 not_found            404  the tenant has no such connection
--          PT409 connection_busy      409  a sync or a change of this connection is under way
--          PT409 disconnected         409  the connection was disconnected
--          PT422 address_not_allowed  422  the host is not one that this server may reach
--          PT502 source_unreachable   502  the source does not answer
--          PT502 source_refused       502  the source refuses our credentials
--          PT502 source_failed        502  the source answers with an error
CREATE OR REPLACE FUNCTION data.discover(connection_id uuid)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_connection CONSTANT data.connections := data.usable_connection(discover.connection_id);
    v_found      record;
BEGIN
    SELECT f.* INTO v_found FROM data.source_columns(v_connection) AS f;
    IF v_found.failure_code IS NOT NULL THEN
        PERFORM api.fail(v_found.failure_code, v_found.failure, 502);
    END IF;
    UPDATE data.connections AS c
    SET last_discovery_at = clock_timestamp(), updated_at = now()
    WHERE c.tenant_id = v_connection.tenant_id AND c.connection_id = v_connection.connection_id;
    RETURN (
        SELECT COALESCE(jsonb_agg(r.entry ORDER BY r.relation), '[]')
        FROM (
            SELECT
                s.entry ->> 'relation' AS relation,
                jsonb_build_object(
                    'relation', s.entry ->> 'relation', 'columns', jsonb_agg(s.entry - 'relation' ORDER BY s.position)
                ) AS entry
            FROM jsonb_array_elements(v_found.source_columns) WITH ORDINALITY AS s (entry, position)
            GROUP BY s.entry ->> 'relation'
        ) AS r
    );
END;
$$;
COMMENT ON FUNCTION data.discover(uuid) IS 'Lists the relations and columns of a source.';
GRANT EXECUTE ON FUNCTION data.discover(uuid) TO member, worker;
