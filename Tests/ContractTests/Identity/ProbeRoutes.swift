/// Routes that only the tests have: one for each rate class, and one that changes something and may fail afterwards.
enum ProbeRoutes {
    static let sql = """
        SET ROLE pgserver_owner;
        CREATE FUNCTION autonomos.probe() RETURNS json LANGUAGE sql STABLE RETURN '{"ok":true}'::json;
        CREATE FUNCTION autonomos.probe_change(fails boolean DEFAULT false) RETURNS json LANGUAGE plpgsql
        VOLATILE SET search_path = '' AS $$
        BEGIN
            PERFORM auth.create_api_key('probe ' || gen_random_uuid(), '{}');
            IF probe_change.fails THEN
                PERFORM api.fail('conflict', 'This fails after its change.', 409);
            END IF;
            RETURN '{"ok":true}';
        END;
        $$;
        COMMENT ON FUNCTION autonomos.probe() IS 'Answers.';
        COMMENT ON FUNCTION autonomos.probe_change(boolean) IS 'Makes a key, and fails afterwards if it is told to.';
        GRANT EXECUTE ON FUNCTION autonomos.probe(), autonomos.probe_change(boolean) TO anon, member;
        SELECT api.route('GET /api/v1/aam/probe', 'autonomos.probe', permission => 'audit.read');
        SELECT api.route('POST /api/v1/aam/probe', 'autonomos.probe', rate => 'write');
        SELECT api.route('POST /api/v1/aam/probe/bulk', 'autonomos.probe', rate => 'bulk');
        SELECT api.route('POST /api/v1/aam/probe/change', 'autonomos.probe_change');
        SELECT api.route('GET /api/v1/aam/probe/second', 'autonomos.probe', rate => 'second');
        SELECT api.route('GET /api/v1/aam/probe/operator', 'autonomos.probe', permission => 'superuser');
        SELECT api.route('GET /api/v1/connectors/probe', 'autonomos.probe', dialect => 'etl', rate => 'requests');
        SELECT api.route('GET /api/workflows/probe', 'autonomos.probe', dialect => 'auterity', rate => 'requests');
        SELECT api.route('POST /runs/probe', 'autonomos.probe', dialect => 'autopack', auth => 'none',
            rate => 'run_start');
        SELECT api.route('GET /api/v1/integrations/probe', 'autonomos.probe', dialect => 'orchestrator',
            rate => 'requests');
        SELECT core.declare_rate_policy('autonomos', 'second', 'tenant_id', 'window', 2, 1, 0);
        SELECT api.publish();
        RESET ROLE;
        """
}
