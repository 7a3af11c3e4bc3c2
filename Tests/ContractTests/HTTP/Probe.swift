import Glibc
import Testing

@testable import PgServer

/// A database with routes made for these tests, and the servers over it. Everything the routes do is declared in SQL,
/// in ``ProbeSQL``.
enum Probe {
    /// A server with the limits that are the default.
    static func server() throws -> RunningServer { try shared.get() }

    /// A server with an environment of its own, one reactor and small pools. Stop it when the test ends.
    ///
    /// - Parameter url: A database other than the one that all share.
    static func start(_ environment: [String: String] = [:], over url: String? = nil) throws -> RunningServer {
        let defaults = ["PGSERVER_REACTORS": "1", "PGSERVER_POOL_FAST": "1", "PGSERVER_POOL_SLOW": "2"]
        return try RunningServer(
            databaseURL: try url ?? database.get(), environment: defaults.merging(environment) { $1 })
    }

    /// A connection of the administrator.
    static func connect() throws -> BlockingConnection { try BlockingConnection(conninfo: database.get()) }

    /// How many marks of that name the route `POST /probe/marks` has left.
    static func markCount(_ name: String) throws -> Int {
        try value("SELECT count(*) FROM probe.marks WHERE name = $1", [name]).flatMap { Int($0) } ?? -1
    }

    /// The first value of a query's first row.
    static func value(_ sql: String, _ parameters: [String?] = []) throws -> String? {
        try connect().rows(sql, parameters).first?.first.flatMap { $0 }
    }

    /// A name or a lock that no other test of this run uses.
    static func unique() -> Int { Subprocess.nextNumber() }

    /// Declares the routes in a deployed database.
    static func install(in url: String) throws { try BlockingConnection(conninfo: url).run(ProbeSQL.script) }

    private static let database = Result {
        let url = try TestCluster.createDeployedDatabase("probe_\(getpid())")
        try install(in: url)
        return url
    }

    private static let shared = Result {
        let server = try RunningServer(
            databaseURL: try database.get(), environment: ["PGSERVER_POOL_FAST": "2", "PGSERVER_POOL_SLOW": "3"])
        atexit { _ = try? Probe.server().stop() }
        return server
    }
}

/// An advisory lock that the route `GET /probe/wait` waits for, held until it is released: a query that lasts exactly
/// as long as a test needs it to.
final class Gate {
    let key: Int
    private let connection: BlockingConnection

    /// - Parameter connection: to another database than the probe's; locks are a database's own.
    init(over connection: BlockingConnection? = nil) throws {
        key = Probe.unique()
        self.connection = try connection ?? Probe.connect()
        _ = try self.connection.rows("SELECT pg_advisory_lock($1)", [String(key)])
    }

    func open() throws { _ = try connection.rows("SELECT pg_advisory_unlock($1)", [String(key)]) }

    /// How many queries stand before the gate.
    func waiterCount() throws -> Int {
        let rows = try connection.rows(
            """
            SELECT count(*) FROM pg_locks
            WHERE locktype = 'advisory' AND objid = $1 AND NOT granted
              AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """, [String(key)])
        return rows.first?.first.flatMap { $0 }.flatMap { Int($0) } ?? -1
    }
}
