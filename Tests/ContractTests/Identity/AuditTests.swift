import Foundation
import Testing

@testable import PgServer

@Suite("The audit log", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct AuditTests {
    let server: RunningServer

    init() throws { server = try IdentityServer.shared() }

    /// The rows that one request left, oldest first.
    private func trail(of request: String) throws -> [[String?]] {
        try server.sql(
            """
            SELECT a.table_name, a.action, a.tenant_id, a.actor_user_id, a.session_id, a.before::text, a.after::text
            FROM core.audit_log AS a WHERE a.request_id = $1 ORDER BY a.audit_id
            """, [request])
    }

    /// Each changes something; the request id is given by the caller.
    private static let endpoints: [String: @Sendable (Account, HTTPClient) throws -> HTTPResponse] = [
        "POST /api/v1/auth/register": { account, client in
            try client.post(
                "/api/v1/auth/register",
                json: json(["email": "a-\(account.email)", "password": Account.password, "name": "A \(account.email)"]))
        },
        "POST /api/auth/register": { account, client in
            try client.post(
                "/api/auth/register", json: json(["email": "b-\(account.email)", "password": Account.password]))
        },
        "POST /api/v1/auth/login": { account, client in
            try client.post("/api/v1/auth/login", json: json(["email": account.email, "password": Account.password]))
        },
        "POST /api/auth/login": { account, client in
            try client.post("/api/auth/login", json: json(["email": account.email, "password": Account.password]))
        },
        "POST /api/v1/auth/refresh": { account, client in
            try client.post("/api/v1/auth/refresh", json: json(["refresh_token": account.refreshToken]))
        },
        "POST /api/auth/refresh": { account, client in
            try client.post("/api/auth/refresh", json: json(["refresh_token": account.refreshToken]))
        },
        "POST /api/auth/logout": { account, client in
            try HTTPClient(port: client.port, token: account.token).send(
                "POST", "/api/auth/logout", headers: client.headers)
        },
        "POST /api/v1/aam/probe/change": { account, client in
            try HTTPClient(port: client.port, token: account.token).post(
                "/api/v1/aam/probe/change", json: "{}", headers: client.headers)
        },
    ]

    @Test("covers every changing endpoint of identity", arguments: endpoints.keys.sorted())
    func covered(_ endpoint: String) throws {
        let account = try Account(on: server)
        let request = UUID().uuidString.lowercased()
        var client = server.client()
        client.headers.append(("X-Request-Id", request))
        let call = try #require(Self.endpoints[endpoint])
        let response = try call(account, client)
        #expect((200...299).contains(response.status), "\(response.text)")
        #expect(response.header("X-Request-Id")?.contains(request) == true)
        let rows = try trail(of: request)
        #expect(!rows.isEmpty)
        let text = rows.joined().map { $0 ?? "" }.joined(separator: "\n")
        for secret in [Account.password, account.token, account.refreshToken, "$2a$"] {
            #expect(!text.contains(secret))
        }
        #expect(!text.contains("\"key_hash\": \"\\\\x"))
    }

    @Test("has a line above for each of them")
    func complete() throws {
        let routes = try server.sql(
            "SELECT method || ' ' || path FROM api.routes WHERE method <> 'GET' AND path ~ '/auth/'")
        for endpoint in routes.compactMap({ $0[0] }) { #expect(Self.endpoints[endpoint] != nil, "\(endpoint)") }
    }

    @Test("tells who did what, in which tenant and session, before and after")
    func content() throws {
        let account = try Account(on: server)
        let response = try account.client.send("POST", "/api/auth/logout")
        let request = try #require(response.header("X-Request-Id")).replacing(/^[a-z]+[-_]/, with: "")
        let rows = try trail(of: request)
        #expect(rows.count == 1)
        let row = try #require(rows.first)
        #expect(row[0] == "sessions")
        #expect(row[1] == "update")
        #expect(row[2] == account.tenantID)
        #expect(row[3] == account.userID)
        #expect(try row[4] == AccessToken(account.token).string("sid"))
        #expect(row[5]?.contains("\"reason\": null") == true)
        #expect(row[6]?.contains("\"reason\": \"signed_out\"") == true)
    }

    @Test("keeps nothing of a request that failed, as the request kept nothing")
    func rolledBack() throws {
        let account = try Account(on: server)
        let before = try server.sqlValue(
            "SELECT count(*) FROM auth.api_keys WHERE tenant_id = $1::uuid", [account.tenantID])
        let response = try account.client.post("/api/v1/aam/probe/change", json: #"{"fails": true}"#)
        #expect(response.status == 409)
        #expect(try response.string("detail") == "This fails after its change.")
        let request = try #require(response.header("X-Request-Id")).replacing(/^[a-z]+[-_]/, with: "")
        #expect(try trail(of: request).isEmpty)
        #expect(
            try server.sqlValue(
                "SELECT count(*) FROM auth.api_keys WHERE tenant_id = $1::uuid", [account.tenantID]) == before)
        let succeeded = try account.client.post("/api/v1/aam/probe/change", json: "{}")
        #expect(succeeded.status == 200)
        let other = try #require(succeeded.header("X-Request-Id")).replacing(/^[a-z]+[-_]/, with: "")
        #expect(try trail(of: other).count == 2)
    }

    @Test("is read by those with the permission, of their own tenant, and changed by nobody")
    func sealed() throws {
        let account = try Account(on: server)
        let count = try account.sql(
            "SELECT count(*) FROM core.audit_log WHERE tenant_id <> $1::uuid", [account.tenantID])
        #expect(count == [["0"]])
        #expect(try account.sql("SELECT count(*) > 0 FROM core.audit_log") == [["t"]])
        for statement in ["DELETE FROM core.audit_log", "UPDATE core.audit_log SET action = 'insert'"] {
            #expect(throws: PostgresError.self) { try account.sql(statement) }
            #expect(throws: PostgresError.self) { try server.sql(statement) }
        }
    }
}
