@testable import PgServer

/// The demonstration's CRM in a database of its own, with a login that may read it.
struct DemonstrationSource {
    let database: String
    let user: String
    let password = "a password of the source"
    let url: String

    /// - Parameter name: tells one test's source from another's.
    init(named name: String) throws {
        database = "demo_crm_\(name)"
        user = "demo_crm_\(name)_reader"
        let administrator = try TestCluster.administratorURL()
        guard let slash = administrator.lastIndex(of: "/") else { throw TestFailure("the URL names no database") }
        url = administrator[...slash] + database
        try psql(
            administrator, "deploy/demo/source.sql",
            ["source_db": database, "source_user": user, "source_password": password])
    }

    /// The psql variables by which a script finds the source.
    func variables() throws -> [String: String] {
        let location = try BlockingConnection(conninfo: url).location
        return [
            "host": location.host, "port": location.port, "source_db": database, "source_user": user,
            "source_password": password,
        ]
    }

    /// Connects the tenant, or reads what is new for one that is connected.
    func connect(_ account: Account) throws {
        try psql(
            account.server.databaseURL, "deploy/demo/connect.sql",
            try variables().merging(["tenant_id": account.tenantID]) { $1 })
    }

    func run(_ sql: String) throws { try BlockingConnection(conninfo: url).run(sql) }

    private func psql(_ url: String, _ file: String, _ variables: [String: String]) throws {
        let output = try Subprocess.run(
            "psql",
            ["--no-psqlrc", "--quiet", "--dbname=\(url)", "--file=\(Project.root)/\(file)"]
                + variables.map { "--set=\($0)=\($1)" })
        guard output.status == 0 else { throw TestFailure("\(file): \(output.text)") }
    }
}
