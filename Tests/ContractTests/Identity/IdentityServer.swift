@preconcurrency import Glibc

@testable import PgServer

/// The server that the suites of identity and tenancy share, and copies of its database for servers of another kind.
///
/// It trusts a proxy at 127.0.0.1, so that every client of the tests has an address, and limits, of its own.
enum IdentityServer {
    /// bcrypt at its least cost: the tests hash a good deal.
    static let environment = ["PGSERVER_TRUSTED_PROXIES": "127.0.0.1", "PGSERVER_BCRYPT_COST": "4"]

    static func shared() throws -> RunningServer { try sharedResult.get() }

    private static let sharedResult = Result {
        let url = try TestCluster.createDeployedDatabase("identity_\(getpid())")
        try BlockingConnection(conninfo: url).run(ProbeRoutes.sql)
        let server = try RunningServer(databaseURL: url, environment: environment)
        atexit { _ = try? IdentityServer.shared().stop() }
        return server
    }

    /// Starts a server of its own over a fresh database; the caller stops it.
    ///
    /// - Parameter sql: Run by the administrator before the start.
    static func fresh(environment more: [String: String] = [:], sql: String? = nil) throws -> RunningServer {
        let url = try freshDatabase()
        if let sql { try BlockingConnection(conninfo: url).run(sql) }
        return try RunningServer(databaseURL: url, environment: small.merging(more) { $1 })
    }

    /// A deployed database that no server has used.
    static func freshDatabase() throws -> String {
        try TestCluster.createDeployedDatabase("identity_\(getpid())_\(Subprocess.nextNumber())")
    }

    private static let small = environment.merging([
        "PGSERVER_REACTORS": "1", "PGSERVER_POOL_FAST": "1", "PGSERVER_POOL_SLOW": "1",
    ]) { $1 }
}

extension RunningServer {
    /// A client from an address that nobody else has.
    func client(token: String? = nil) -> HTTPClient { client(address: Self.freshAddress(), token: token) }

    func client(address: String, token: String? = nil) -> HTTPClient {
        var client = HTTPClient(port: port, token: token)
        client.headers = [("X-Forwarded-For", address)]
        return client
    }

    static func freshAddress() -> String {
        let number = Subprocess.nextNumber()
        return "100.\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)"
    }

    /// Asks the database as its administrator.
    @discardableResult
    func sql(_ statement: String, _ parameters: [String?] = []) throws -> [[String?]] {
        try BlockingConnection(conninfo: databaseURL).rows(statement, parameters)
    }

    func sqlValue(_ statement: String, _ parameters: [String?] = []) throws -> String? {
        try sql(statement, parameters).first?.first ?? nil
    }
}
