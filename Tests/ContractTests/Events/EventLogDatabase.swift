import Foundation

@testable import PgServer

/// A deployed database with the topics and streams of `Fixtures/relay.sql`.
struct EventLogDatabase: Sendable {
    let url: String

    init(_ name: String) throws {
        try self.init(deployed: TestCluster.createDeployedDatabase("\(name)_\(Subprocess.nextNumber())"))
    }

    /// - Parameter url: The administrator's, of a database that was deployed.
    init(deployed url: String) throws {
        self.url = url
        let path = "\(Project.root)/Tests/ContractTests/Fixtures/relay.sql"
        try connect().run("BEGIN; \(try String(contentsOfFile: path, encoding: .utf8)); COMMIT")
    }

    func connect() throws -> BlockingConnection { try BlockingConnection(conninfo: url) }

    /// One of the tenants that the tests make up: the log asks of none whether it exists.
    static func tenant(_ number: Int) throws -> TenantID {
        let digits = String(number)
        let text = "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
        guard let tenant = TenantID(text) else { throw TestFailure("\(text) is no tenant") }
        return tenant
    }

    /// Publishes in a transaction of its own, or in the one that is open.
    static func publish(
        _ payload: String, tenant: Int = 1, topic: String = "relayed.thing", subject: String? = nil,
        on connection: BlockingConnection
    ) throws {
        _ = try connection.rows(
            "SELECT core.publish($1, $2, $3::jsonb, 'thing', $4, $5::uuid)",
            [topic, topic + ".changed", payload, subject, self.tenant(tenant).text])
    }

    /// The number of a stream in the catalog.
    func route(_ path: String, kind: RelayRoute.Kind = .frames) throws -> RelayRoute {
        let rows = try connect().rows("SELECT route_id FROM api.routes WHERE path = $1", [path])
        guard let id = rows.first?.first.flatMap({ $0 }).flatMap({ Int($0) }) else {
            throw TestFailure("\(path) is not declared")
        }
        return RelayRoute(id: id, kind: kind, eventName: "event")
    }
}
