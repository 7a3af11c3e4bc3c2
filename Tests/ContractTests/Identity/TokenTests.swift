import Testing

@testable import PgServer

@Suite("An access token", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct TokenTests {
    let server: RunningServer
    let account: Account

    init() throws {
        server = try IdentityServer.shared()
        account = try Account(on: server)
    }

    /// What somebody may hold instead of a token of their own.
    enum Credential: String, CaseIterable {
        case missing, empty, garbage, twoParts, basic, expired, notYetValid, withoutExpiry, algorithmNone
        case cutSignature, changedClaims, strangersKey, unknownKey, publicKeyAsSecret, wrongIssuer
        case neighboursTenant, unknownSession, withoutTenant, criticalHeader, refreshToken
    }

    private func header(_ credential: Credential) throws -> String? {
        let token = try AccessToken(account.token)
        let longAgo = 1_000_000_000
        switch credential {
        case .missing: return nil
        case .empty: return "Bearer "
        case .garbage: return "Bearer garbage"
        case .twoParts: return "Bearer " + token.text.prefix { $0 != "." } + ".e30"
        case .basic: return "Basic dXNlcjpwYXNz"
        case .expired: return "Bearer " + (try token.resigned(on: server, changing: ["exp": longAgo]))
        case .notYetValid: return "Bearer " + (try token.resigned(on: server, changing: ["nbf": 4_000_000_000]))
        case .withoutExpiry: return "Bearer " + (try token.resigned(on: server, changing: ["exp": nil]))
        case .algorithmNone: return "Bearer " + (try token.forged(header: ["alg": "none", "typ": "JWT"]) { _ in "" })
        case .cutSignature: return "Bearer " + token.text.dropLast(4)
        case .changedClaims:
            let other = try AccessToken(
                token.signed(by: .generate(.es256), changing: ["tenant_id": Self.nobody]))
            return "Bearer "
                + [1, 1, 2].enumerated().map { index, _ in
                    String((index == 1 ? other.text : token.text).split(separator: ".")[index])
                }.joined(separator: ".")
        case .strangersKey:
            let kid = token.header["kid"] as? String
            let key = try SigningKey(algorithm: .es256, text: SigningKey.generate(.es256).exportText(), id: kid)
            return "Bearer " + (try token.signed(by: key))
        case .unknownKey: return "Bearer " + (try token.signed(by: .generate(.es256)))
        case .publicKeyAsSecret:
            let pem = try #require(try server.sqlValue("SELECT public_key FROM auth.signing_keys WHERE is_active"))
            let secret = String(decoding: Base64URL.encode(Array(pem.utf8).span), as: UTF8.self)
            let key = try SigningKey(algorithm: .hs256, text: secret, id: token.header["kid"] as? String)
            return "Bearer " + (try token.signed(by: key))
        case .wrongIssuer: return "Bearer " + (try token.resigned(on: server, changing: ["iss": "somebody else"]))
        case .neighboursTenant:
            let neighbour = try Account(on: server)
            return "Bearer " + (try token.resigned(on: server, changing: ["tenant_id": neighbour.tenantID]))
        case .unknownSession: return "Bearer " + (try token.resigned(on: server, changing: ["sid": Self.nobody]))
        case .withoutTenant: return "Bearer " + (try token.resigned(on: server, changing: ["tenant_id": nil]))
        case .criticalHeader:
            return "Bearer "
                + (try token.forged(header: token.header.merging(["crit": ["exp"]]) { $1 }) { _ in
                    String(token.text.split(separator: ".")[2])
                })
        case .refreshToken: return "Bearer " + account.refreshToken
        }
    }

    private static let nobody = "9b2f4a52-6a2b-4f0e-8f0f-3d1f5c7a0001"

    @Test("that cannot be trusted is refused on every path, in the contract's words", arguments: Credential.allCases)
    func refused(_ credential: Credential) throws {
        let fields = try header(credential).map { [("Authorization", $0)] } ?? []
        for path in ["/api/v1/auth/me", "/api/v1/dcl/views/accounts", "/api/v1/dcl/views/opportunities"] {
            let response = try server.client().get(path, headers: fields)
            #expect(response.status == 401, "\(path): \(response.text)")
            #expect(response.header("WWW-Authenticate") == "Bearer")
            #expect(try response.string("detail") == "Could not validate credentials")
            #expect(try response.integer("status_code") == 401)
            #expect(try response.string("trace_id").hasPrefix("trace-"))
        }
        let me = try server.client().get("/api/auth/me", headers: fields)
        #expect(me.status == 401)
        #expect(try me.string("detail") == "Could not validate credentials")
        #expect(me.header("WWW-Authenticate") == "Bearer")
        let logout = try server.client().send("POST", "/api/auth/logout", json: "{}", headers: fields)
        #expect(logout.status == 401)
        #expect(logout.header("WWW-Authenticate") == "Bearer")
        #expect(try logout.string("error.code") == "UNAUTHORIZED")
        #expect(try account.client.get("/api/v1/auth/me").status == 200)
    }

    @Test("signed by the server's key with the same claims is accepted: the refusals above are for what was changed")
    func control() throws {
        let token = try AccessToken(account.token).resigned(on: server, changing: [:])
        #expect(try server.client(token: token).get("/api/v1/auth/me").status == 200)
    }

    @Test("is read after its scheme in any letters")
    func scheme() throws {
        for scheme in ["Bearer", "bearer", "BEARER"] {
            let response = try server.client().get(
                "/api/v1/auth/me", headers: [("Authorization", "\(scheme) \(account.token)")])
            #expect(response.status == 200)
        }
    }

    @Test("does not open a path to those without a permission it lacks")
    func permission() throws {
        #expect(try account.client.get("/api/v1/nowhere").status == 404)
    }

    @Test("of a member whose role was changed ends with the change")
    func changedRole() throws {
        #expect(try account.client.get("/api/v1/auth/me").status == 200)
        try server.sql(
            "UPDATE auth.memberships SET role = 'viewer' WHERE tenant_id = $1::uuid AND user_id = $2::uuid",
            [account.tenantID, account.userID])
        #expect(try account.client.get("/api/v1/auth/me").status == 401)
        let token = try AccessToken(account.signIn().string("access_token"))
        #expect(token.claims["roles"] as? [String] == ["viewer"])
    }
}
