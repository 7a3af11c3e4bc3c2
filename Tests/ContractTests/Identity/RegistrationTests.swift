import Testing

@testable import PgServer

@Suite("Registering", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct RegistrationTests {
    let server: RunningServer
    let email = "new\(Subprocess.nextNumber())@example.test"
    let name = "New organization \(Subprocess.nextNumber())"

    init() throws { server = try IdentityServer.shared() }

    private func register(_ members: [String: Any]) throws -> HTTPResponse {
        try server.client().post("/api/v1/auth/register", json: json(members))
    }

    private func registerPlain(_ members: [String: Any]) throws -> HTTPResponse {
        try server.client().post("/api/auth/register", json: json(members))
    }

    @Test("under /api/v1 makes a user and a tenant, and signs in for an hour")
    func union() throws {
        let response = try register(["email": email, "password": Account.password, "name": name])
        #expect(response.status == 201)
        #expect(response.header("Content-Type") == "application/json")
        #expect(try response.names() == ["user", "access_token", "token_type"])
        #expect(try response.names("user") == ["email", "id", "tenant_id", "created_at"])
        #expect(try response.string("user.email") == email)
        #expect(try response.string("token_type") == "bearer")
        #expect(try response.string("user.created_at").wholeMatch(of: rfc3339) != nil)

        let token = try AccessToken(response.string("access_token"))
        #expect(try token.string("user_id") == response.string("user.id"))
        #expect(try token.string("sub") == response.string("user.id"))
        #expect(try token.string("tenant_id") == response.string("user.tenant_id"))
        #expect(try token.integer("exp") - token.integer("iat") == 3600)
        #expect(token.claims["is_superuser"] as? Bool == false)
        #expect(token.claims["roles"] as? [String] == ["owner", "admin"])
        #expect((token.claims["permissions"] as? [String])?.isEmpty == false)
        for claim in ["jti", "sid", "iss", "plan", "tier"] { #expect(token.claims[claim] is String, "\(claim)") }

        let me = try server.client(token: response.string("access_token")).get("/api/v1/auth/me")
        #expect(me.status == 200)
        #expect(try me.names() == ["email", "id", "tenant_id", "created_at"])
        #expect(try me.string("tenant_id") == response.string("user.tenant_id"))
        #expect(
            try server.sqlValue(
                "SELECT t.name FROM auth.tenants AS t WHERE t.tenant_id = $1::uuid",
                [response.string("user.tenant_id")]) == name)
    }

    @Test("refuses an address registered before, whatever its letters")
    func takenAddress() throws {
        _ = try register(["email": email, "password": Account.password, "name": name])
        let response = try register(["email": email.uppercased(), "password": Account.password, "name": "\(name) two"])
        #expect(response.status == 400)
        #expect(try response.string("detail") == "Email already registered")
    }

    @Test("refuses an organization's name that is taken, and keeps nothing of the attempt")
    func takenName() throws {
        _ = try register(["email": email, "password": Account.password, "name": name])
        let other = "other-\(email)"
        let response = try register(["email": other, "password": Account.password, "name": name.uppercased()])
        #expect(response.status == 400)
        #expect(
            try response.string("detail")
                == "Organization name already exists. Please choose a different name.")
        #expect(try server.sqlValue("SELECT count(*) FROM auth.users WHERE email = $1", [other]) == "0")
    }

    @Test("says 400 with status_code and trace_id, which is the request id")
    func errorForm() throws {
        let response = try register(["email": email])
        #expect(response.status == 400)
        #expect(try response.integer("status_code") == 400)
        let request = try #require(response.header("X-Request-Id"))
        #expect(try response.string("trace_id").hasSuffix(request.replacing("trace-", with: "")))
        #expect(try response.string("trace_id").wholeMatch(of: /trace-[0-9a-f-]{36}/) != nil)
        for field in ["password", "name"] { #expect(response.text.contains("\"\(field)\""), "\(response.text)") }
    }

    @Test("under /api answers 201 with the user, whose name is the address unless one is given")
    func plain() throws {
        let response = try registerPlain(["email": email, "password": Account.password, "full_name": "Ada Lovelace"])
        #expect(response.status == 201)
        #expect(try response.names() == ["id", "email", "username", "full_name", "role", "message"])
        #expect(try response.string("username") == email)
        #expect(try response.string("full_name") == "Ada Lovelace")
        #expect(try response.string("role") == "user")

        let named = try registerPlain(
            ["email": "n-\(email)", "password": Account.password, "username": "ada\(Subprocess.nextNumber())"])
        #expect(named.status == 201)
        #expect(try named.string("username").hasPrefix("ada"))
    }

    @Test(
        "never grants a role from the body",
        arguments: ["admin", "superuser", "owner", "user", "root", "agent", "is_superuser"])
    func role(_ role: String) throws {
        let address = "\(role)\(Subprocess.nextNumber())@example.test"
        let response = try registerPlain([
            "email": address, "password": Account.password, "role": role, "is_superuser": true,
        ])
        #expect(response.status == 201)
        #expect(try response.string("role") == "user")
        let login = try server.client().post(
            "/api/auth/login", json: json(["email": address, "password": Account.password]))
        let token = try AccessToken(login.string("access_token"))
        #expect(token.claims["is_superuser"] as? Bool == false)
        #expect(try login.string("user.role") == "user")
        #expect(
            try server.sqlValue("SELECT bool_or(is_superuser) FROM auth.users WHERE email = $1", [address]) == "f")
    }

    @Test("says 409 for a taken address or username, in both contracts' forms at once")
    func conflict() throws {
        let username = "grace\(Subprocess.nextNumber())"
        _ = try registerPlain(["email": email, "password": Account.password, "username": username])
        let sameAddress = try registerPlain(["email": email, "password": Account.password])
        #expect(sameAddress.status == 409)
        #expect(try sameAddress.string("error.code") == "CONFLICT")
        #expect(try sameAddress.string("error.message") == "Email already registered")
        #expect(try sameAddress.string("detail") == "Email already registered")

        let sameName = try registerPlain(
            ["email": "x-\(email)", "password": Account.password, "username": username.uppercased()])
        #expect(sameName.status == 409)
        #expect(try sameName.string("detail") == "Username already registered")
    }

    @Test("says 422 with the field for what cannot be accepted under /api")
    func invalid() throws {
        let response = try registerPlain(["email": "no address", "password": Account.password])
        #expect(response.status == 422)
        #expect(try response.string("error.code") == "VALIDATION_ERROR")
        #expect(try response.string("error.details.field") == "email")
        #expect(try !response.string("error.details.issue").isEmpty)
    }

    @Test("lets nobody take another's address as a username")
    func usernameOfAnother() throws {
        let response = try registerPlain(
            ["email": email, "password": Account.password, "username": "victim@example.test"])
        #expect(response.status == 422)
        #expect(try response.string("error.details.field") == "username")
    }

    /// bcrypt reads 72 bytes and no more, so a longer password would be two at once.
    static let passwords: [(String, Int)] = [
        ("", 400), (String(repeating: "a", count: 7), 400), (String(repeating: "a", count: 8), 201),
        (String(repeating: "a", count: 72), 201), (String(repeating: "a", count: 73), 400),
        (String(repeating: "é", count: 36), 201), (String(repeating: "é", count: 36) + "a", 400),
        (String(repeating: "🔑", count: 18), 201), (String(repeating: "🔑", count: 19), 400),
        ("пароль из слов", 201), ("with \"quotes\" and \\", 201), ("nul \u{0} inside it", 400),
    ]

    @Test("takes passwords of 8 to 72 bytes, in any script, and signs in with exactly that one", arguments: passwords)
    func password(_ password: String, _ status: Int) throws {
        let response = try register(["email": email, "password": password, "name": name])
        #expect(response.status == status, "\(response.text)")
        guard status == 201 else { return }
        func login(_ password: String) throws -> Int {
            try server.client().post("/api/v1/auth/login", json: json(["email": email, "password": password])).status
        }
        #expect(try login(password) == 200)
        #expect(try login(password + "a") == 401)
        #expect(try login(String(password.dropLast())) == 401)
    }
}

/// A time in UTC to the second or finer (RFC 3339 §5.6).
nonisolated(unsafe) let rfc3339 = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/
