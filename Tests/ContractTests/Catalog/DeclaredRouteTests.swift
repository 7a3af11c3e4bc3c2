import Glibc
import Testing

@testable import PgServer

@Suite("Routes declared in SQL alone", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct DeclaredRouteTests {
    private static let shared = Result {
        let catalog = try CatalogServer("declared")
        try catalog.declare("peer", answering: "/accounts")
        return catalog
    }
    private let catalog: CatalogServer
    /// An account of the first tenant.
    private let accountID: String

    init() throws {
        catalog = try Self.shared.get()
        let sql = "SELECT min(account_id) FROM peer.accounts WHERE tenant_id = '\(catalog.first.tenantID)'"
        accountID = try catalog.value(sql) ?? ""
    }

    @Test("list the rows of the caller's tenant, page by page")
    func list() throws {
        let page = try catalog.client.get("/accounts?limit=10&offset=20")
        #expect(page.status == 200)
        #expect(page.header("Content-Type") == "application/json")
        let items = try #require(try page.member("items") as? [[String: Any]])
        #expect(items.count == 5)
        #expect(
            items.allSatisfy {
                Set($0.keys) == ["account_id", "name", "email", "status", "balance", "country", "created_at"]
            })
        #expect(try page.member("total") as? Int == 25)
        #expect(try page.member("limit") as? Int == 10)
        #expect(try page.member("offset") as? Int == 20)

        let own = try identifiers(of: catalog.client)
        let others = try identifiers(of: catalog.neighbour)
        #expect(own.count == 25 && others.count == 25 && own.isDisjoint(with: others))
    }

    private func identifiers(of client: HTTPClient) throws -> Set<String> {
        let items = try client.get("/accounts?limit=100").member("items") as? [[String: Any]]
        return Set((items ?? []).compactMap { $0["account_id"] as? String })
    }

    @Test("show one row to its tenant, and to another that there is none")
    func one() throws {
        let account = try catalog.client.get("/accounts/\(accountID)")
        #expect(account.status == 200)
        #expect(try account.member("account_id") as? String == accountID)
        #expect(try catalog.neighbour.get("/accounts/\(accountID)").status == 404)
        #expect(try catalog.client.get("/accounts/none").status == 404)
    }

    @Test("write a row into the caller's tenant, and into no other")
    func note() throws {
        let created = try catalog.client.post("/accounts/\(accountID)/notes", json: #"{"text":"Called — \"later\""}"#)
        #expect(created.status == 201)
        let id = try #require(try created.member("note_id") as? Int)
        #expect(
            try catalog.value("SELECT tenant_id || ' ' || body FROM peer.notes WHERE note_id = \(id)")
                == "\(catalog.first.tenantID) Called — \"later\"")

        let refused = try catalog.neighbour.post("/accounts/\(accountID)/notes", json: #"{"text":"mine"}"#)
        #expect(refused.status == 409)
        #expect(try refused.member("detail") as? String == "There is no such account.")
    }

    static let faultyBodies: [(String, Int)] = [
        (#"{"text":"#, 400), (#"{"text":1}"#, 400), ("{}", 400), ("[]", 400), (#"{"text":"a\u0000b"}"#, 400),
        ("nonsense", 400),
    ]
    @Test("refuse a body they cannot read", arguments: faultyBodies)
    func faulty(_ body: String, _ status: Int) throws {
        #expect(try catalog.client.post("/accounts/\(accountID)/notes", json: body).status == status)
    }

    static let faultyCredentials: [(String, String)] = [
        ("Authorization", "Bearer nonsense"), ("Authorization", "Basic YTpi"), ("Authorization", "Bearer "),
        ("X-API-Key", "pgs_unknown"), ("Accept", "application/json"),
        // alg none, exp in 2100
        ("Authorization", "Bearer eyJhbGciOiJub25lIn0.eyJleHAiOjQxMDI0NDQ4MDB9."),
    ]
    @Test("ask everybody who they are", arguments: faultyCredentials)
    func unauthenticated(_ name: String, _ value: String) throws {
        let targets = [("GET", "/accounts"), ("GET", "/accounts/\(accountID)"), ("POST", "/accounts/x/notes")]
        for (method, target) in targets {
            let json = method == "POST" ? #"{"text":"x"}"# : nil
            let response = try catalog.anyone.send(method, target, json: json, headers: [(name, value)])
            #expect(response.status == 401, "\(method) \(target): \(response.text)")
            #expect(response.header("WWW-Authenticate") == "Bearer")
        }
    }

    @Test("refuse a token whose signature was touched")
    func forged() throws {
        let parts = catalog.first.token.split(separator: ".").map(String.init)
        let signature = String(parts[2].reversed())
        let forged = HTTPClient(port: catalog.server.port, token: "\(parts[0]).\(parts[1]).\(signature)")
        #expect(try forged.get("/accounts").status == 401)
    }

    @Test("stop serving a session that has ended, at the next request")
    func ended() throws {
        let registered = try catalog.anyone.post(
            "/api/v1/auth/register",
            json: #"{"email":"leaver@example.test","password":"a long password","name":"Leavers"}"#)
        let token = try #require(try registered.member("access_token") as? String)
        let userID = try #require(try registered.member("user.id") as? String)
        let leaver = HTTPClient(port: catalog.server.port, token: token)
        #expect(try leaver.get("/accounts").status == 200)
        try catalog.run("UPDATE auth.sessions SET revoked_at = now(), reason = 'logout' WHERE user_id = '\(userID)'")
        #expect(try leaver.get("/accounts").status == 401)
    }

    static let faultyQueries = ["limit=0", "limit=101", "limit=ten", "limit=1.5", "offset=-1", "limit=1&limit=2"]
    @Test("keep to the bounds of their parameters' types", arguments: faultyQueries)
    func bounds(_ query: String) throws {
        let response = try catalog.client.get("/accounts?\(query)")
        #expect(response.status == 400)
        #expect(response.text.contains(query.hasPrefix("limit") ? "limit" : "offset"))
    }
}
