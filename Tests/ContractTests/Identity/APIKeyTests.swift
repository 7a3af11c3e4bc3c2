import Testing

@testable import PgServer

@Suite("An API key", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct APIKeyTests {
    let server: RunningServer
    let account: Account

    init() throws {
        server = try IdentityServer.shared()
        account = try Account(on: server)
    }

    private func get(_ path: String, _ fields: [(String, String)]) throws -> HTTPResponse {
        try server.client().get(path, headers: fields)
    }

    @Test("acts as its maker, in X-API-Key and as bearer, on every contract's paths")
    func works() throws {
        let (_, key) = try account.createKey(scopes: ["audit.read"])
        #expect(key.wholeMatch(of: /pgs_[A-Za-z0-9_-]{43}/) != nil)
        for fields in [[("X-API-Key", key)], [("Authorization", "Bearer \(key)")]] {
            for path in ["/api/v1/auth/me", "/api/auth/me"] {
                let me = try get(path, fields)
                #expect(me.status == 200)
                #expect(try me.string("id") == account.userID)
                #expect(try me.string("tenant_id") == account.tenantID)
            }
            #expect(try get("/api/v1/dcl/views/accounts", fields).status == 200)
        }
    }

    @Test("can do what its scopes name and its maker may, and nothing else")
    func scopes() throws {
        let scoped = try account.createKey(scopes: ["audit.read"]).key
        let bare = try account.createKey(scopes: []).key
        #expect(try get("/api/v1/aam/probe", [("X-API-Key", scoped)]).status == 200)
        let refused = try get("/api/v1/aam/probe", [("X-API-Key", bare)])
        #expect(refused.status == 403)
        #expect(try refused.integer("status_code") == 403)
        #expect(try get("/api/v1/aam/probe/operator", [("X-API-Key", scoped)]).status == 403)
        for scope in ["superuser", "no.such_permission"] {
            #expect(throws: PostgresError.self) { try account.createKey(scopes: [scope]) }
        }
        // A key without the permission to make keys makes none, through the server as little as in SQL.
        let change = try server.client(token: bare).post("/api/v1/aam/probe/change", json: "{}")
        #expect(change.status == 403)
    }

    @Test("of an operator of the platform is no operator")
    func ofSuperuser() throws {
        try server.sql("UPDATE auth.users SET is_superuser = true WHERE user_id = $1::uuid", [account.userID])
        let token = try account.signIn().string("access_token")
        #expect(try server.client(token: token).get("/api/v1/aam/probe/operator").status == 200)
        let key = try account.createKey(scopes: ["audit.read"]).key
        #expect(try get("/api/v1/aam/probe/operator", [("X-API-Key", key)]).status == 403)
    }

    @Test("that is revoked is refused on the very next request, on every connection and reactor")
    func revoked() throws {
        let (id, key) = try account.createKey(scopes: ["audit.read"])
        for _ in 0..<12 { #expect(try get("/api/auth/me", [("X-API-Key", key)]).status == 200) }
        #expect(try account.sql("SELECT auth.revoke_api_key($1::uuid)", [id]) == [["t"]])
        for _ in 0..<12 { #expect(try get("/api/auth/me", [("X-API-Key", key)]).status == 401) }
        let neighbour = try Account(on: server)
        let (other, otherKey) = try account.createKey(scopes: [])
        #expect(try neighbour.sql("SELECT auth.revoke_api_key($1::uuid)", [other]) == [["f"]])
        #expect(try get("/api/auth/me", [("X-API-Key", otherKey)]).status == 200)
    }

    @Test("works until it expires, even if it was used just before")
    func expiry() throws {
        let (id, key) = try account.createKey(scopes: [], expires: "2100-01-01")
        #expect(try get("/api/auth/me", [("X-API-Key", key)]).status == 200)
        try server.sql(
            """
            UPDATE auth.sessions AS s SET expires_at = now() - interval '1 second' FROM auth.api_keys AS k
            WHERE k.session_id = s.session_id AND k.api_key_id = $1::uuid
            """, [id])
        #expect(try get("/api/auth/me", [("X-API-Key", key)]).status == 401)
        #expect(throws: PostgresError.self) { try account.createKey(scopes: [], expires: "2000-01-01") }
    }

    static let nobodys = [
        "pgs_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "pgs_", "garbage", "", "' OR true --",
        String(repeating: "k", count: 600),
    ]

    @Test("that nobody made is refused in the contract's words", arguments: nobodys)
    func unknown(_ key: String) throws {
        let response = try get("/api/v1/auth/me", [("X-API-Key", key)])
        #expect(response.status == 401)
        #expect(response.header("WWW-Authenticate") == "Bearer")
        #expect(try response.string("detail") == "Could not validate credentials")
    }

    @Test("that is wrong is not made good by a token beside it")
    func besideToken() throws {
        let fields = [("X-API-Key", Self.nobodys[0]), ("Authorization", "Bearer \(account.token)")]
        #expect(try get("/api/auth/me", fields).status == 401)
    }

    @Test("is nowhere in the log, the audit log or the table")
    func secrecy() throws {
        let (id, key) = try account.createKey(scopes: [])
        _ = try get("/api/auth/me", [("X-API-Key", key)])
        _ = try get("/api/auth/me", [("Authorization", "Bearer \(key)")])
        _ = try get("/api/v1/nowhere", [("X-API-Key", key)])
        #expect(!Subprocess.read(server.log).contains(key))
        let trail = try server.sql(
            """
            SELECT a.after ->> 'key_hash', position($2 IN a.after::text) FROM core.audit_log AS a
            WHERE a.table_name = 'api_keys' AND a.subject ->> 'api_key_id' = $1
            """, [id, key])
        #expect(trail == [["[redacted]", "0"]])
        #expect(
            try server.sqlValue(
                "SELECT k.key_hash = sha256($2::bytea) FROM auth.api_keys AS k WHERE k.api_key_id = $1::uuid",
                [id, key]) == "t")
    }

    @Test("of the environment, AUTOPACK_API_KEY, acts as the operator of the tenant Autopack")
    func environment() throws {
        let key = "an operator's key of the environment"
        let server = try IdentityServer.fresh(environment: ["AUTOPACK_API_KEY": key])
        defer { server.stop() }
        for fields in [[("X-API-Key", key)]] {
            let me = try server.client().get("/api/auth/me", headers: fields)
            #expect(me.status == 200)
            #expect(try me.string("tenant_id") == "00000000-0000-4000-8000-00000000000b")
            #expect(try me.member("is_superuser") as? Bool == false)
        }
        #expect(try server.client().get("/api/auth/me", headers: [("X-API-Key", key + ".")]).status == 401)
        #expect(try self.server.client().get("/api/auth/me", headers: [("X-API-Key", key)]).status == 401)
        #expect(!Subprocess.read(server.log).contains(key))
    }
}
