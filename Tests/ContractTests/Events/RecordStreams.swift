import Foundation

@testable import PgServer

/// The server whose own streams the suites of this folder listen to, and the source that its tenants connect.
enum RecordStreams {
    static func server() throws -> RunningServer { try serverResult.get() }

    private static let serverResult = Result {
        let server = try CatalogServer("record_streams", environment: IdentityServer.environment).server
        // Several sources are connected: whichever comes first must not be the only one allowed.
        let host = try BlockingConnection(conninfo: server.databaseURL).location.host
        try server.sql("UPDATE core.settings SET value = $1 WHERE name = 'data.allowed_hosts'", [host])
        return server
    }

    /// Whoever changes it has one of their own.
    static func source() throws -> DemonstrationSource { try sourceResult.get() }

    private static let sourceResult = Result { try DemonstrationSource(named: "streams") }

    /// The names of a JSON object's members, in the order in which it has them.
    static func keys(_ json: String) -> [String] {
        json.matches(of: /[{,]\s*"(\w+)"\s*:/).map { String($0.1) }
    }
}

extension Account {
    /// Ends the session of the account's token.
    func revokeSession() throws {
        let session = try AccessToken(token).string("sid")
        guard try sql("SELECT auth.revoke_session($1::uuid)", [session]) == [["t"]] else {
            throw TestFailure("the session was not revoked")
        }
    }

    /// Adds accounts to the tenant, one statement and one event each.
    func addAccounts(_ ids: [String]) throws {
        for id in ids {
            try server.sql(
                "INSERT INTO data.accounts (tenant_id, account_id, name) VALUES ($1::uuid, $2, $2)", [tenantID, id])
        }
    }

    /// An event stream of the tenant that has said where it begins.
    func connected(_ target: String, headers: [(String, String)] = []) throws -> EventStream {
        let stream = try EventStream(port: server.port, target, token: token, headers: headers)
        _ = try stream.next("connected")
        return stream
    }
}
