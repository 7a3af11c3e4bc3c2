import Glibc
import Synchronization

@testable import PgServer

/// The throw-away PostgreSQL that `make test` starts, and its databases.
enum TestCluster {
    /// Whether there is one. Without it the suites that need a database are skipped, and the run says so.
    static let isAvailable = variable("TEST_DATABASE_URL") != nil

    /// The administrator's URL of the database `postgres`.
    static func administratorURL() throws -> String {
        guard let url = variable("TEST_DATABASE_URL") else {
            throw TestFailure("TEST_DATABASE_URL is not set; use make test")
        }
        return url
    }

    /// A folder for logs and process numbers, removed after the run.
    static func stateDirectory() throws -> String {
        guard let path = variable("TEST_STATE_DIR") else {
            throw TestFailure("TEST_STATE_DIR is not set; use make test")
        }
        return path
    }

    /// Creates an empty database.
    ///
    /// - Returns: the administrator's URL of it.
    static func createDatabase(_ name: String) throws -> String {
        let url = try administratorURL()
        let connection = try BlockingConnection(conninfo: url)
        try connection.run("CREATE DATABASE \(connection.quoted(identifier: name))")
        return try databaseURL(name)
    }

    private static func databaseURL(_ name: String) throws -> String {
        let url = try administratorURL()
        guard let slash = url.lastIndex(of: "/") else { throw TestFailure("TEST_DATABASE_URL names no database") }
        return url[...slash] + name
    }

    /// Creates a database into which the project's `sql` folder is deployed: a copy of the first such one.
    static func createDeployedDatabase(_ name: String) throws -> String {
        let source = try template.get()
        let administrator = try BlockingConnection(conninfo: administratorURL())
        let copy = try administrator.quoted(identifier: name)
        // A database is copied while nobody is in it, so one copy at a time. What may be done in the database itself
        // is no part of what is copied.
        try copying.withLock { _ in
            try administrator.run("CREATE DATABASE \(copy) TEMPLATE \(administrator.quoted(identifier: source))")
        }
        try administrator.run(
            """
            UPDATE pg_catalog.pg_database AS d SET datacl = t.datacl FROM pg_catalog.pg_database AS t
            WHERE d.datname = \(administrator.quoted(literal: name)) AND t.datname = \(administrator.quoted(literal: source))
            """)
        return try databaseURL(name)
    }

    private static let template: Result<String, any Error> = Result {
        let name = "deployed_\(getpid())"
        try deploy(to: createDatabase(name))
        return name
    }
    private static let copying = Mutex(())

    /// Whether a deployment has made the roles, which all databases of the cluster share. Two would both make them.
    private static let hasRoles = Mutex(false)

    /// Deploys the project's `sql` folder into a database.
    static func deploy(to url: String) throws {
        let isFirst = try hasRoles.withLock { hasRoles in
            guard !hasRoles else { return false }
            try migrate(url)
            hasRoles = true
            return true
        }
        if !isFirst { try migrate(url) }
    }

    private static func migrate(_ url: String) throws {
        let output = try Subprocess.run(
            Subprocess.server, ["migrate", "--sql", Project.root + "/sql"],
            environment: ["PGSERVER_DATABASE_URL": url, "PGSERVER_LOGIN_PASSWORD": serverPassword])
        guard output.status == 0 else { throw TestFailure("migrate failed:\n\(output.text)") }
    }

    /// The password of role pgserver in this cluster.
    static let serverPassword = "a password of the throw-away cluster"

    private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
