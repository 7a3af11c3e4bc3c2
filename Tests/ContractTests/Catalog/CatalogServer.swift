import Foundation
import Glibc
import Synchronization

@testable import PgServer

/// A server over a database of its own, and the two tenants that call it. Its routes are declared while it serves.
struct CatalogServer: Sendable {
    let server: RunningServer
    let first: Member
    let second: Member

    /// Somebody who has registered.
    struct Member: Sendable {
        let token: String
        let tenantID: String
        let userID: String
    }

    /// How long a declared route may take to be served by every reactor, in attempts of ``pollInterval``.
    private static let attemptCountMax = 1000
    private static let pollInterval: useconds_t = 20_000
    /// Connections go to reactors by chance: so many in a row miss none.
    private static let probeCount = 16

    /// - Parameters:
    ///   - name: The database's; the process number is added.
    ///   - environment: Variables beside those for the database and the address.
    ///   - url: The administrator's, of a database that is there already.
    init(_ name: String, environment: [String: String] = [:], over url: String? = nil) throws {
        let url = try url ?? TestCluster.createDeployedDatabase("\(name)_\(getpid())")
        // Tests that run side by side make more tenants in a minute than somebody at one address may.
        try BlockingConnection(conninfo: url).run(
            "UPDATE core.rate_policies SET limit_count = 1000000, burst = 1000000 WHERE rate_class = 'auth'")
        server = try RunningServer(
            databaseURL: url, environment: environment.merging(["PGSERVER_BCRYPT_COST": "10"]) { own, _ in own })
        first = try Self.register("first", at: server.port)
        second = try Self.register("second", at: server.port)
        Self.started.withLock { $0.append(server) }
        _ = Self.stopsAtExit
    }

    private static let started = Mutex<[RunningServer]>([])
    private static let stopsAtExit: Void = {
        atexit { for server in CatalogServer.started.withLock({ $0 }) { server.stop() } }
    }()

    /// Nobody who is signed in.
    var anyone: HTTPClient { HTTPClient(port: server.port) }
    /// The owner of the first tenant.
    var client: HTTPClient { HTTPClient(port: server.port, token: first.token) }
    /// The owner of the second tenant.
    var neighbour: HTTPClient { HTTPClient(port: server.port, token: second.token) }

    /// Runs SQL as the administrator, as a migration would.
    func run(_ script: String) throws {
        try BlockingConnection(conninfo: server.databaseURL).run("BEGIN; \(script); COMMIT")
    }

    /// The first column of the first row.
    func value(_ sql: String) throws -> String? {
        try BlockingConnection(conninfo: server.databaseURL).rows(sql).first?.first ?? nil
    }

    /// Declares the routes of a file of `Fixtures`, publishes them, and waits until the server serves them.
    ///
    /// - Parameter target: A GET route of the file.
    func declare(_ fixture: String, answering target: String) throws {
        let path = "\(Project.root)/Tests/ContractTests/Fixtures/\(fixture).sql"
        try run("\(try String(contentsOfFile: path, encoding: .utf8)); SELECT api.publish()")
        try waitUntil("\(target) is served") { try anyone.get(target).status != 404 }
    }

    /// Waits until a condition holds on as many connections in a row as it takes to meet every reactor.
    func waitUntil(_ sentence: String, _ condition: () throws -> Bool) throws {
        for _ in 0..<Self.attemptCountMax {
            var count = 0
            while count < Self.probeCount, try condition() { count += 1 }
            if count == Self.probeCount { return }
            usleep(Self.pollInterval)
        }
        throw TestFailure("it never came to this: \(sentence)\n\(Subprocess.read(server.log).suffix(1000))")
    }

    static func register(_ name: String, at port: UInt16) throws -> Member {
        let response = try HTTPClient(port: port).post(
            "/api/v1/auth/register",
            json: #"{"email":"\#(name)@example.test","password":"a long password","name":"Tenant \#(name)"}"#)
        guard response.status == 201, let token = try response.member("access_token") as? String,
            let tenantID = try response.member("user.tenant_id") as? String,
            let userID = try response.member("user.id") as? String
        else { throw TestFailure("registering failed with \(response.status): \(response.text)") }
        return Member(token: token, tenantID: tenantID, userID: userID)
    }
}
