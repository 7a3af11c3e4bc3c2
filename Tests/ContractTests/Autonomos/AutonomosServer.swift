@preconcurrency import Glibc

@testable import PgServer

/// A server with workers over a database of its own, shared by the suites of AutonomOS that need jobs done.
enum AutonomosServer {
    static func shared() throws -> RunningServer { try sharedResult.get() }

    private static let sharedResult = Result {
        let server = try RunningServer(
            databaseURL: try IdentityServer.freshDatabase(),
            environment: IdentityServer.environment.merging(["PGSERVER_WORKERS": "default:2"]) { $1 })
        atexit { _ = try? AutonomosServer.shared().stop() }
        return server
    }
}

extension Account {
    /// A connection of the account's tenant that waits for its first bytes.
    func connection(ofType type: String, named name: String = "source", status: String = "PENDING") throws -> String {
        let rows = try server.sql(
            """
            INSERT INTO data.connections (tenant_id, slug, name, connection_type, source_system, status)
            VALUES ($1::uuid, $2, $2, $3, $3, $4) RETURNING connection_id
            """, [tenantID, name, type, status])
        guard let id = rows.first?[0] else { throw TestFailure("the connection has no id") }
        return id
    }
}
