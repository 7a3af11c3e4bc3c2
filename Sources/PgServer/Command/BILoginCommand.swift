/// `pg-server bi-login`: PostgreSQL logins for BI tools. What a login may see follows from the login itself.
struct BILoginCommand {
    let database: Database
    let options: CommandLineOptions

    /// Most sessions one login may have open.
    private static let connectionCountMax = 10
    /// How long one statement of a BI tool may run.
    private static let statementTimeout = "5min"

    func run() throws(CommandError) -> Int32 {
        switch options.operands.first {
        case "create" where options.operands.count == 1:
            try create(tenant: options.required("--tenant"), label: options.required("--label"))
        case "list" where options.operands.count == 1:
            try list()
        case "drop" where options.operands.count == 2:
            try drop(options.operands[1])
        default:
            throw .usage("pg-server bi-login: expected \(Command.biLogin.usage)")
        }
        return 0
    }

    private func create(tenant: String, label: String) throws(CommandError) {
        let tenantID = try tenantID(of: tenant)
        let login = "bi_" + randomHex(byteCount: 4)
        let password = randomHex(byteCount: 24)
        do throws(PostgresError) {
            let connection = database.connection
            let name = try connection.quoted(identifier: login)
            let verifier = try connection.quoted(literal: connection.scramVerifier(password: password, role: login))
            try connection.run(
                """
                BEGIN;
                CREATE ROLE \(name) LOGIN CONNECTION LIMIT \(Self.connectionCountMax) PASSWORD \(verifier)
                    IN ROLE bi_reader;
                COMMENT ON ROLE \(name) IS \(connection.quoted(literal: label));
                ALTER ROLE \(name) SET default_transaction_read_only = on;
                ALTER ROLE \(name) SET statement_timeout = '\(Self.statementTimeout)';
                ALTER ROLE \(name) SET search_path = bi;
                INSERT INTO auth.bi_logins (tenant_id, role_name)
                VALUES (\(connection.quoted(literal: tenantID)), \(connection.quoted(literal: login)));
                COMMIT;
                """)
        } catch { throw .postgres(error) }

        let (host, port, name) = database.connection.location
        print("login     \(login)\npassword  \(password)\ntenant    \(tenantID)")
        print("connect   psql 'host=\(host) port=\(port) dbname=\(name) user=\(login)'")
        print("The password is stored nowhere and shown only now.")
    }

    private func list() throws(CommandError) {
        let rows = try database.rows(
            """
            SELECT login.role_name, tenant.name, login.tenant_id, login.created_at::timestamp(0),
                shobj_description(role.oid, 'pg_authid')
            FROM auth.bi_logins AS login
            JOIN auth.tenants AS tenant ON tenant.tenant_id = login.tenant_id
            LEFT JOIN pg_catalog.pg_roles AS role ON role.rolname = login.role_name
            ORDER BY tenant.name, login.created_at
            """)
        let table = [["LOGIN", "TENANT", "TENANT ID", "CREATED", "LABEL"]] + rows.map { $0.map { $0 ?? "-" } }
        for line in RoutesCommand.table(table) { print(line) }
    }

    private func drop(_ login: String) throws(CommandError) {
        do throws(PostgresError) {
            let connection = database.connection
            try connection.run("BEGIN")
            let deleted = try connection.rows(
                "DELETE FROM auth.bi_logins AS login WHERE login.role_name = $1 RETURNING login.role_name", [login])
            guard !deleted.isEmpty else {
                throw PostgresError(
                    failure: SQLFailure(sqlState: "42704", message: "there is no BI login \(login)"))
            }
            try connection.run("DROP ROLE \(connection.quoted(identifier: login)); COMMIT")
            // From here on nobody can log in anew, and a session that is still open sees no rows.
            _ = try connection.rows(
                "SELECT pg_terminate_backend(activity.pid) FROM pg_stat_activity AS activity WHERE usename = $1",
                [login])
        } catch { throw .postgres(error) }
        print("dropped \(login)")
    }

    private func tenantID(of text: String) throws(CommandError) -> String {
        let rows = try database.rows(
            """
            SELECT tenant.tenant_id FROM auth.tenants AS tenant
            WHERE tenant.tenant_id::text = lower($1) OR lower(tenant.name) = lower($1)
            """, [text])
        guard let tenantID = rows.first?.first.flatMap({ $0 }) else { throw .failed("there is no tenant '\(text)'") }
        return tenantID
    }
}

/// Bytes from the system's secure generator, as hexadecimal digits.
private func randomHex(byteCount: Int) -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<byteCount).map { _ in
        let digits = String(UInt8.random(in: .min ... .max, using: &generator), radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }.joined()
}
