import Testing

@testable import PgServer

@Suite("A signing key", .enabled(if: TestCluster.isAvailable, "make test provides the database"), .serialized)
struct SigningKeyTests {
    private static let jwks = "/api/auth/.well-known/jwks.json"

    private func keys(_ server: RunningServer) throws -> [[String: Any]] {
        let response = try server.client().get(Self.jwks)
        guard response.status == 200, let keys = try response.member("keys") as? [[String: Any]] else {
            throw TestFailure("no key set: \(response.text)")
        }
        return keys
    }

    private func ids(_ server: RunningServer) throws -> [String] {
        try keys(server).compactMap { $0["kid"] as? String }
    }

    private func rotate(_ server: RunningServer, _ algorithm: SignatureAlgorithm) throws {
        let output = try Subprocess.run(
            Subprocess.server, ["rotate-keys"],
            environment: ["PGSERVER_DATABASE_URL": server.databaseURL, "PGSERVER_JWT_ALGORITHM": algorithm.rawValue])
        guard output.status == 0 else { throw TestFailure(output.text) }
    }

    @Test(
        "is of the configured algorithm; its public half is published, a secret never",
        arguments: SignatureAlgorithm.allCases)
    func algorithm(_ algorithm: SignatureAlgorithm) throws {
        let server = try IdentityServer.fresh(environment: ["PGSERVER_JWT_ALGORITHM": algorithm.rawValue])
        defer { server.stop() }
        let account = try Account(on: server)
        let token = try AccessToken(account.token)
        #expect(token.header["alg"] as? String == algorithm.rawValue)
        #expect(try account.client.get("/api/v1/auth/me").status == 200)
        #expect(try account.client.get("/api/auth/me").status == 200)

        let published = try keys(server)
        let kid = try #require(token.header["kid"] as? String)
        if algorithm.isAsymmetric {
            let key = try #require(published.first { $0["kid"] as? String == kid })
            #expect(key["alg"] as? String == algorithm.rawValue)
            #expect(key["use"] as? String == "sig")
            #expect(key["kty"] as? String == (algorithm == .es256 ? "EC" : "RSA"))
            #expect(Set(key.keys).isDisjoint(with: ["d", "p", "q", "dp", "dq", "qi", "k"]))
            let pem = try #require(try server.sqlValue("SELECT public_key FROM auth.signing_keys WHERE is_active"))
            #expect(token.isSigned(by: try VerificationKey(algorithm: algorithm, text: pem, id: kid)))
        } else {
            #expect(published.isEmpty)
            let secret = try #require(try server.sqlValue("SELECT private_key FROM auth.signing_keys WHERE is_active"))
            #expect(try !server.client().get(Self.jwks).text.contains(secret.prefix(16)))
        }
    }

    @Test("is rotated while serving: the old tokens hold, the new key signs, both are published")
    func rotation() throws {
        let server = try IdentityServer.fresh(environment: ["PGSERVER_REACTORS": "2"])
        defer { server.stop() }
        let account = try Account(on: server)
        let first = try #require(try AccessToken(account.token).header["kid"] as? String)
        #expect(try ids(server) == [first])

        try rotate(server, .es256)
        let second = try #require(
            try server.sqlValue("SELECT kid FROM auth.signing_keys WHERE is_active"))
        #expect(second != first)
        var newest = account.token
        try eventually("the new key signs") {
            newest = try Account(on: server).token
            return try AccessToken(newest).header["kid"] as? String == second
        }
        #expect(try Set(ids(server)) == [first, second])
        for token in [account.token, newest] {
            let clients = (0..<8).map { _ in server.client(token: token) }
            for client in clients { #expect(try client.get("/api/v1/auth/me").status == 200) }
        }

        // A secret comes and goes: it signs, and is never published.
        try rotate(server, .hs256)
        let third = try #require(try server.sqlValue("SELECT kid FROM auth.signing_keys WHERE is_active"))
        try eventually("the secret signs") {
            newest = try Account(on: server).token
            return try AccessToken(newest).header["kid"] as? String == third
        }
        #expect(try AccessToken(newest).header["alg"] as? String == "HS256")
        #expect(try server.client(token: newest).get("/api/v1/auth/me").status == 200)
        #expect(try server.client(token: account.token).get("/api/v1/auth/me").status == 200)
        #expect(try Set(ids(server)) == [first, second])
    }

    @Test("that was retired longer ago than any token lives verifies nothing and is not published")
    func retired() throws {
        let url = try IdentityServer.freshDatabase()
        var server = try RunningServer(databaseURL: url, environment: IdentityServer.environment)
        defer { server.stop() }
        let account = try Account(on: server)
        try rotate(server, .es256)
        try server.sql("UPDATE auth.signing_keys SET retired_at = now() - interval '2 hours' WHERE NOT is_active")
        server.stop()
        server = try RunningServer(databaseURL: url, environment: IdentityServer.environment)
        #expect(try server.client(token: account.token).get("/api/v1/auth/me").status == 401)
        #expect(try ids(server).count == 1)
    }

    @Test("signs for the configured issuer and audience, and accepts no other")
    func audience() throws {
        let server = try IdentityServer.fresh(environment: [
            "PGSERVER_JWT_ISSUER": "https://issuer.test", "PGSERVER_JWT_AUDIENCE": "the audience",
        ])
        defer { server.stop() }
        let account = try Account(on: server)
        let token = try AccessToken(account.token)
        #expect(try token.string("iss") == "https://issuer.test")
        #expect(try token.string("aud") == "the audience")
        #expect(try account.client.get("/api/v1/auth/me").status == 200)
        for changes in [["aud": "another"], ["aud": nil], ["iss": "pgserver"], ["iss": nil]] as [[String: Any?]] {
            let other = try token.resigned(on: server, changing: changes)
            #expect(try server.client(token: other).get("/api/v1/auth/me").status == 401, "\(changes)")
        }
    }
}
