/// `pg-server bi-login`: PostgreSQL logins for BI tools. What a login may see follows from the login itself.
struct BILoginCommand {
    let database: Database
    let options: CommandLineOptions

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
        let rows = try database.rows(
            "SELECT made.role_name, made.password FROM auth.create_bi_login($1::uuid, $2) AS made", [tenantID, label])
        guard let login = rows.first?[0], let password = rows.first?[1] else { throw .failed("no login was made") }

        let (host, port, name) = database.connection.location
        print("login     \(login)\npassword  \(password)\ntenant    \(tenantID)")
        print("connect   psql 'host=\(host) port=\(port) dbname=\(name) user=\(login)'")
        print("The password is stored nowhere and shown only now.")
    }

    private func list() throws(CommandError) {
        let rows = try database.rows(
            """
            SELECT login.role_name, login.tenant_name, login.tenant_id, login.created_at::timestamp(0), login.label
            FROM auth.list_bi_logins() AS login
            """)
        let table = [["LOGIN", "TENANT", "TENANT ID", "CREATED", "LABEL"]] + rows.map { $0.map { $0 ?? "-" } }
        for line in RoutesCommand.table(table) { print(line) }
    }

    private func drop(_ login: String) throws(CommandError) {
        _ = try database.rows("SELECT auth.drop_bi_login($1)", [login])
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
