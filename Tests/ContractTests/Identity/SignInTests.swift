import Testing

@testable import PgServer

@Suite("Signing in", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct SignInTests {
    let server: RunningServer
    let account: Account

    init() throws {
        server = try IdentityServer.shared()
        account = try Account(on: server)
    }

    @Test("under /api/v1 answers the union of both contracts, for an hour")
    func union() throws {
        let response = try account.signIn()
        #expect(response.status == 200)
        #expect(try response.names() == ["access_token", "refresh_token", "token_type", "expires_in"])
        #expect(try response.string("token_type") == "bearer")
        #expect(try response.integer("expires_in") == 3600)
        let token = try AccessToken(response.string("access_token"))
        #expect(try token.integer("exp") - token.integer("iat") == 3600)
        #expect(token.header["typ"] as? String == "JWT")
        #expect(token.header["kid"] is String)
    }

    @Test("under /api answers the user too, for half an hour")
    func plain() throws {
        let response = try account.stranger.post(
            "/api/auth/login", json: json(["email": account.email, "password": Account.password]))
        #expect(response.status == 200)
        #expect(try response.names() == ["access_token", "refresh_token", "token_type", "expires_in", "user"])
        #expect(try response.names("user").isSuperset(of: ["id", "email", "role"]))
        #expect(try response.string("user.id") == account.userID)
        #expect(try response.string("user.role") == "user")
        #expect(try response.integer("expires_in") == 1800)
        let token = try AccessToken(response.string("access_token"))
        #expect(try token.integer("exp") - token.integer("iat") == 1800)
    }

    @Test("takes the address or the user name, in either field")
    func eitherField() throws {
        let number = Subprocess.nextNumber()
        let (email, username) = ("either\(number)@example.test", "either\(number)")
        _ = try server.client().post(
            "/api/auth/register",
            json: json(["email": email, "username": username, "password": Account.password]))
        for field in ["email", "username"] {
            for value in [email, username, email.uppercased(), username.uppercased()] {
                let response = try server.client().post(
                    "/api/auth/login", json: json([field: value, "password": Account.password]))
                #expect(response.status == 200, "\(field): \(value): \(response.text)")
                #expect(try response.string("user.username") == username)
            }
        }
        let v1 = try server.client().post(
            "/api/v1/auth/login", json: json(["email": username, "password": Account.password]))
        #expect(v1.status == 200)
    }

    @Test("needs one of the two fields")
    func neitherField() throws {
        let response = try server.client().post("/api/auth/login", json: json(["password": Account.password]))
        #expect(response.status == 422)
        #expect(try response.string("error.details.field") == "email")
    }

    @Test("is refused under /api/v1 by one body that satisfies both contracts")
    func refusal() throws {
        for email in [account.email, "nobody\(Subprocess.nextNumber())@example.test"] {
            let response = try server.client().post(
                "/api/v1/auth/login", json: json(["email": email, "password": "not the password"]))
            #expect(response.status == 401)
            #expect(response.header("WWW-Authenticate") == "Bearer")
            #expect(try response.names() == ["detail", "status_code", "trace_id", "error"])
            #expect(try response.string("detail") == "Incorrect email or password")
            #expect(try response.integer("status_code") == 401)
            #expect(try response.names("error") == ["code", "message", "details", "request_id"])
            #expect(try response.string("error.code") == "AUTHENTICATION_REQUIRED")
            #expect(try response.string("error.message") == "Incorrect email or password")
            #expect((try response.member("error.details") as? [Any])?.isEmpty == true)
            let id = try #require(try response.string("trace_id").wholeMatch(of: /trace-([0-9a-f-]{36})/)?.1)
            #expect(try response.string("error.request_id") == "req_" + id.replacing("-", with: ""))
        }
    }

    @Test("is refused under /api by one body that satisfies both contracts")
    func plainRefusal() throws {
        for email in [account.email, "nobody\(Subprocess.nextNumber())@example.test"] {
            let response = try server.client().post(
                "/api/auth/login", json: json(["email": email, "password": "not the password"]))
            #expect(response.status == 401)
            #expect(response.header("WWW-Authenticate") == "Bearer")
            #expect(try response.names() == ["error", "detail"])
            #expect(try response.string("error.code") == "UNAUTHORIZED")
            #expect(try response.string("error.message") == "Incorrect email or password")
            #expect(try response.string("detail") == "Incorrect email or password")
            #expect(try response.string("error.timestamp").wholeMatch(of: rfc3339) != nil)
            #expect(try !response.string("error.request_id").isEmpty)
        }
    }

    @Test("hashes once, whether the user exists, has no password, or gives a wrong or an endless one")
    func hashesOnce() throws {
        let attempts = [
            (account.email, "not the password"), ("nobody@example.test", "not the password"),
            ("dev@autonomos.dev", "not the password"), (account.email, String(repeating: "é", count: 500)),
            ("nobody@example.test", String(repeating: "é", count: 500)), ("", ""),
        ]
        for (identifier, password) in attempts {
            // What a connection has called it tells within one transaction, and adds up over several.
            let connection = try BlockingConnection(conninfo: server.databaseURL)
            try connection.run(
                #"SET track_functions = 'all'; SET pgserver.settings = '{"auth.bcrypt_cost": "4"}'; BEGIN"#)
            let credential = try connection.rows(
                "SELECT (auth.sign_in($1, $2, interval '1 hour')).user_id", [identifier, password])
            #expect(credential == [[nil]])
            let calls = try connection.rows(
                "SELECT calls FROM pg_stat_xact_user_functions WHERE schemaname = 'ext' AND funcname = 'crypt'")
            #expect(calls == [["1"]], "\(identifier)")
        }
    }

    @Test("is refused for a user who was switched off, like any other refusal")
    func inactive() throws {
        try server.sql("UPDATE auth.users SET is_active = false WHERE user_id = $1::uuid", [account.userID])
        let response = try account.signIn()
        #expect(response.status == 401)
        #expect(try response.string("detail") == "Incorrect email or password")
        #expect(try account.client.get("/api/v1/auth/me").status == 401)
    }

    @Test("gives a token that works under both prefixes, whichever it came from")
    func bothPrefixes() throws {
        let plain = try account.stranger.post(
            "/api/auth/login", json: json(["email": account.email, "password": Account.password]))
        for token in [account.token, try plain.string("access_token")] {
            let client = server.client(token: token)
            let v1 = try client.get("/api/v1/auth/me")
            #expect(v1.status == 200)
            #expect(try v1.string("id") == account.userID)
            let other = try client.get("/api/auth/me")
            #expect(other.status == 200)
            #expect(try other.string("id") == account.userID)
            #expect(try other.string("email") == account.email)
            #expect(try other.string("tenant_id") == account.tenantID)
            #expect(try client.get("/api/v1/dcl/views/accounts").status == 200)
        }
    }

    @Test("keeps no password and no token in the clear")
    func storage() throws {
        let hash = try server.sqlValue(
            "SELECT password_hash FROM auth.passwords WHERE user_id = $1::uuid", [account.userID])
        #expect(try #require(hash).hasPrefix("$2a$04$"))
        let found = try server.sqlValue(
            """
            SELECT count(*) FROM auth.refresh_tokens AS r
            WHERE encode(r.token_hash, 'escape') LIKE '%' || $1 || '%' OR r.token_hash = sha256($1::bytea)
            """, [account.refreshToken])
        #expect(found == "1")
        let log = Subprocess.read(server.log)
        for secret in [account.token, account.refreshToken, Account.password] {
            #expect(!log.contains(secret))
        }
    }
}
