import Testing

@testable import PgServer

@Suite("A BI login", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct BILoginTests {
    let neighbours: Neighbours
    let login: BILogin

    init() throws {
        neighbours = try Neighbours.shared()
        login = neighbours.secondLogin
    }

    private static let views: [String] = {
        guard let server = try? IdentityServer.shared() else { return [] }
        let rows = try? server.sql(
            "SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'bi'::regnamespace ORDER BY 1")
        return rows?.compactMap { $0[0] } ?? []
    }()

    @Test("sees in every view the rows of its own tenant, and no others", arguments: views)
    func view(_ view: String) throws {
        let statement = "SELECT v::text FROM \(view) AS v"
        let own = try neighbours.firstLogin.psql([statement])
        #expect(own.contains(Neighbours.mark), "\(own)")
        let others = try login.psql([statement])
        #expect(!others.contains("ERROR"), "\(others)")
        #expect(!others.contains(Neighbours.mark), "\(others)")
    }

    @Test("finds every view there is")
    func found() {
        for view in ["bi.accounts", "bi.contacts", "bi.opportunities", "bi.pipeline_by_month"] {
            #expect(Self.views.contains(view))
        }
    }

    private static let settings = [
        "SET request.tenant_id = '$first'", "SELECT set_config('request.tenant_id', '$first', false)",
        "SET SESSION request.tenant_id = '$first'", "SET request.claims = '{\"is_superuser\": true}'",
        "SET ROLE bi_owner", "SET ROLE member", "SET ROLE pgserver", "SET ROLE pgserver_owner", "SET ROLE bi_reader",
        "SET ROLE $firstLogin", "SET ROLE postgres", "SET ROLE data_refresher", "SET ROLE worker",
        "SET SESSION AUTHORIZATION $firstLogin", "SET SESSION AUTHORIZATION postgres",
        "SELECT set_config('role', 'bi_owner', false)",
        "SELECT set_config('session_authorization', '$firstLogin', false)",
        "RESET ALL", "DISCARD ALL", "RESET ROLE", "RESET SESSION AUTHORIZATION", "SET row_security = off",
        "SET search_path = data, auth, pg_catalog", "SET default_transaction_read_only = off",
        "SET session_replication_role = replica", "SET pgserver.settings = '{}'", "SET enable_seqscan = off",
        "SET application_name = 'pgserver'", "SET TIME ZONE 'UTC'", "SET plan_cache_mode = force_generic_plan",
    ]

    private func filled(_ statement: String) -> String {
        statement.replacing("$firstLogin", with: neighbours.firstLogin.name)
            .replacing("$first", with: neighbours.first.tenantID)
    }

    @Test("stays in its tenant after any SET, RESET or change of role", arguments: settings)
    func setting(_ setting: String) throws {
        let looks = Self.views.map { "SELECT v::text FROM \($0) AS v" }
        let told = try login.psql([filled(setting)] + looks)
        #expect(!told.contains(Neighbours.mark), "\(told)")
        let transaction = try login.psql(["BEGIN READ WRITE", filled(setting), looks[0], "COMMIT"])
        #expect(!transaction.contains(Neighbours.mark), "\(transaction)")
    }

    /// Each must fail, or say nothing of the neighbour.
    private static let attempts = [
        // Conditions that would tell of a row if they were asked about it.
        "SELECT * FROM bi.accounts WHERE account_name::int > 0",
        "SELECT 1 / (length(account_name) - 12) FROM bi.accounts",
        "SELECT * FROM bi.opportunities WHERE stage::int > 0 OR opportunity_name::int > 0",
        "SELECT * FROM bi.pipeline_by_month WHERE stage::int > 0",
        "SELECT * FROM bi.accounts WHERE extras::text::int > 0",
        "SELECT * FROM bi.accounts WHERE ('x' || account_name)::regclass IS NULL",
        "SELECT query_to_xml('SELECT * FROM bi.accounts', true, true, '')",
        "SELECT table_to_xml('bi.accounts', true, true, '')", "SELECT table_to_xml('data.accounts', true, true, '')",
        "SELECT schema_to_xml('data', true, true, '')", "SELECT database_to_xml(true, true, '')",
        "SELECT query_to_xml('SELECT * FROM data.accounts', true, true, '')",
        "SELECT cursor_to_xml('c', 1, true, true, '')",
        // What plans and statistics know.
        "EXPLAIN (ANALYZE, VERBOSE, BUFFERS) SELECT * FROM bi.accounts WHERE account_name > 'a'",
        "EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM bi.pipeline_by_month WHERE stage > 'a'",
        "EXPLAIN SELECT * FROM data.accounts",
        "SELECT * FROM pg_stats WHERE schemaname IN ('data', 'auth', 'data_summary')",
        "SELECT * FROM pg_statistic", "SELECT * FROM pg_stats_ext", "SELECT * FROM pg_stat_activity",
        "SELECT * FROM pg_stat_statements", "SELECT * FROM pg_prepared_xacts", "SELECT * FROM pg_cursors",
        "SELECT * FROM pg_shdescription", "SELECT * FROM pg_description", "SELECT * FROM pg_db_role_setting",
        "SELECT rolname, rolconfig, shobj_description(oid, 'pg_authid') FROM pg_roles",
        "SELECT * FROM pg_foreign_server", "SELECT * FROM pg_user_mappings", "SELECT * FROM pg_foreign_table",
        "SELECT * FROM pg_constraint", "SELECT * FROM pg_attrdef", "SELECT * FROM pg_locks",
        "SELECT * FROM pg_settings",
        // What lies behind the views.
        "SELECT * FROM data.accounts", "SELECT * FROM data_summary.pipeline_by_stage_month",
        "REFRESH MATERIALIZED VIEW data_summary.pipeline_by_stage_month", "SELECT * FROM core.audit_log",
        "SELECT * FROM auth.bi_logins", "SELECT * FROM data.connection_secrets", "SELECT * FROM pg_authid",
        "SELECT auth.list_bi_logins()", "SELECT auth.create_bi_login('$first')",
        "SELECT auth.rotate_bi_login('$firstLogin')",
        // Taking the data somewhere else.
        "COPY bi.accounts TO STDOUT", "COPY (SELECT * FROM bi.accounts) TO STDOUT", "COPY data.accounts TO STDOUT",
        "COPY bi.accounts TO PROGRAM 'cat'", "COPY bi.accounts TO '/var/lib/accounts'", "COPY bi.accounts FROM STDIN",
        "CREATE TEMP TABLE mine AS SELECT * FROM bi.accounts", "SELECT * INTO mine FROM bi.accounts",
        "CREATE TEMP VIEW mine AS SELECT * FROM bi.accounts", "CREATE EXTENSION dblink",
        "CREATE EXTENSION postgres_fdw",
        "SELECT lo_create(0)", "SELECT lo_from_bytea(0, 'x')", "SELECT lo_import('/etc/passwd')",
        "SELECT * FROM pg_largeobject",
        "SELECT dblink('dbname=postgres', 'SELECT 1')", "SELECT pg_read_file('PG_VERSION')", "SELECT pg_ls_dir('.')",
        "SELECT pg_advisory_lock(1)", "SELECT pg_try_advisory_lock(1)", "SELECT pg_advisory_xact_lock_shared(1)",
        "DO $x$BEGIN RAISE NOTICE '%', (SELECT string_agg(v::text, ',') FROM bi.accounts AS v); END$x$",
        "PREPARE p AS SELECT * FROM bi.accounts", "DECLARE c CURSOR WITH HOLD FOR SELECT * FROM bi.accounts",
        "CREATE FUNCTION pg_temp.leak(text) RETURNS boolean LANGUAGE sql COST 0.0001 AS 'SELECT true'",
        "CREATE OPERATOR bi.<<< (leftarg = text, rightarg = text, function = texteq)",
        "CREATE VIEW bi.mine AS SELECT * FROM bi.accounts", "ALTER VIEW bi.accounts SET (security_barrier = false)",
        "ALTER ROLE CURRENT_USER SET request.tenant_id = '$first'", "ALTER ROLE CURRENT_USER BYPASSRLS",
        "LISTEN pgserver", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'pgserver'",
        "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE usename = 'pgserver'",
        "SELECT pg_export_snapshot()", "SELECT * FROM pg_get_multixact_members('1')",
    ]

    @Test(
        "learns nothing of a neighbour by conditions, plans, statistics, files, locks or objects", arguments: attempts)
    func attempt(_ attempt: String) throws {
        let told = try login.psql([filled(attempt), filled(attempt)])
        #expect(!told.contains(Neighbours.mark), "\(told)")
        #expect(!told.contains(neighbours.first.tenantID) || attempt.contains("$first"), "\(told)")
        #expect(!told.contains("connection to server was lost"), "\(told)")
    }

    /// Each must be refused for want of the right.
    private static let foreign = attempts.filter { attempt in
        [
            "data.", "data_summary.", "core.", "auth.", "pg_authid", "lo_", "advisory", "CREATE ", "TO PROGRAM",
            "TO '/", "FROM STDIN",
        ]
        .contains { attempt.contains($0) }
            && !attempt.contains("pg_stats") && !attempt.contains("pg_roles")
            && !attempt.contains("query_to_xml('SELECT * FROM bi")
    }

    @Test("is refused what is not bi's", arguments: foreign)
    func refused(_ attempt: String) throws {
        let told = try login.psql(["SET default_transaction_read_only = off", filled(attempt)])
        #expect(told.contains(/ERROR:  (42501|0A000|42883|58P01|42710)/), "\(told)")
    }

    @Test("hears on the server's channel that something changed, and nothing of anybody's data")
    func listening() throws {
        let connection = try BlockingConnection(conninfo: login.url)
        try connection.listen(Control.channel)
        try neighbours.first.sql(
            "SELECT auth.create_api_key($1, '{}')", ["\(Neighbours.mark) \(Subprocess.nextNumber())"])
        try neighbours.server.sql("SELECT pg_notify($1, 'catalog')", [Control.channel])
        var last = ""
        while last != "catalog" {
            guard let heard = try connection.waitForNotification(timeout: .seconds(20)) else {
                throw TestFailure("nothing was heard")
            }
            last = heard.payload
            #expect(last == "catalog" || last == "keys" || last.hasPrefix("heartbeat "), "\(last)")
        }
    }

    @Test("may execute no function of ours: the views do it for it")
    func functions() throws {
        let rows = try neighbours.server.sql(
            """
            SELECT p.oid::regprocedure::text FROM pg_proc AS p
            WHERE p.pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
              AND has_schema_privilege($1, p.pronamespace, 'USAGE') AND has_function_privilege($1, p.oid, 'EXECUTE')
            """, [login.name])
        #expect(rows.isEmpty, "\(rows)")
    }

    @Test("is not told from other logins by comments or settings: labels are the operator's alone")
    func label() throws {
        #expect(
            try neighbours.server.sqlValue(
                "SELECT label FROM auth.bi_logins WHERE role_name = $1", [neighbours.firstLogin.name])
                == Neighbours.mark)
        let list = try Subprocess.run(
            Subprocess.server, ["bi-login", "list"],
            environment: ["PGSERVER_DATABASE_URL": neighbours.server.databaseURL])
        #expect(list.text.contains(Neighbours.mark))
        #expect(!list.text.contains(login.password))
    }

    @Test("finds no tables of ours in the other databases of the cluster")
    func otherDatabases() throws {
        let names = try neighbours.server.sql(
            "SELECT datname FROM pg_database WHERE datallowconn AND datname IN ('postgres', 'template1')")
        for name in names.compactMap({ $0[0] }) {
            let told = try login.psql(
                ["SELECT nspname FROM pg_namespace", "CREATE TABLE public.mine ()"], database: name)
            #expect(
                !told.contains("data_summary") && !told.split(separator: "\n").contains("CREATE TABLE"),
                "\(name): \(told)")
        }
    }

    @Test("that was dropped cannot connect, and is gone")
    func dropped() throws {
        let login = try BILogin(server: neighbours.server, tenant: neighbours.second.tenantID, label: "to go")
        let connection = try BlockingConnection(conninfo: login.url)
        #expect(try connection.rows("SELECT count(*) FROM bi.accounts") == [["1"]])
        let output = try Subprocess.run(
            Subprocess.server, ["bi-login", "drop", login.name],
            environment: ["PGSERVER_DATABASE_URL": neighbours.server.databaseURL])
        #expect(output.status == 0, "\(output.text)")
        #expect(throws: PostgresError.self) { try BlockingConnection(conninfo: login.url) }
        #expect(throws: PostgresError.self) { try connection.rows("SELECT count(*) FROM bi.accounts") }
        let again = try Subprocess.run(
            Subprocess.server, ["bi-login", "drop", login.name],
            environment: ["PGSERVER_DATABASE_URL": neighbours.server.databaseURL])
        #expect(again.status == 1)
    }
}
