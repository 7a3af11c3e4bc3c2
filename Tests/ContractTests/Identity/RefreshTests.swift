import Testing

@testable import PgServer

@Suite("Refreshing", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct RefreshTests {
    let server: RunningServer
    let account: Account

    init() throws {
        server = try IdentityServer.shared()
        account = try Account(on: server)
    }

    static let paths = [("/api/v1/auth/refresh", 3600), ("/api/auth/refresh", 1800)]

    private func refresh(_ path: String, _ token: String) throws -> HTTPResponse {
        try account.stranger.post(path, json: json(["refresh_token": token]))
    }

    private func works(_ token: String) throws -> Bool {
        try server.client(token: token).get("/api/auth/me").status == 200
    }

    @Test("gives a new access token and the next refresh token, of the same session", arguments: paths)
    func rotation(_ path: String, _ seconds: Int) throws {
        let first = try refresh(path, account.refreshToken)
        #expect(first.status == 200)
        #expect(try first.names() == ["access_token", "refresh_token", "token_type", "expires_in"])
        #expect(try first.integer("expires_in") == seconds)
        let token = try AccessToken(first.string("access_token"))
        #expect(try token.integer("exp") - token.integer("iat") == seconds)
        #expect(try token.string("sid") == AccessToken(account.token).string("sid"))
        #expect(try token.string("jti") != AccessToken(account.token).string("jti"))
        #expect(try first.string("refresh_token") != account.refreshToken)
        #expect(try works(first.string("access_token")))
        #expect(try works(account.token))

        let second = try refresh(path, first.string("refresh_token"))
        #expect(second.status == 200)
        #expect(try works(second.string("access_token")))
    }

    @Test("works with a token from either prefix")
    func eitherPrefix() throws {
        let first = try refresh("/api/auth/refresh", account.refreshToken)
        #expect(try refresh("/api/v1/auth/refresh", first.string("refresh_token")).status == 200)
    }

    @Test("with a used token is refused, and ends the whole family at once", arguments: paths)
    func reuse(_ path: String, _: Int) throws {
        let first = try refresh(path, account.refreshToken)
        let second = try refresh(path, first.string("refresh_token"))
        let tokens = [account.token, try first.string("access_token"), try second.string("access_token")]
        for token in tokens { #expect(try works(token)) }

        let reused = try refresh(path, account.refreshToken)
        #expect(reused.status == 401)
        #expect(reused.header("WWW-Authenticate") == "Bearer")
        for token in tokens { #expect(try !works(token)) }
        #expect(try refresh(path, second.string("refresh_token")).status == 401)
        #expect(
            try server.sqlValue(
                "SELECT reason FROM auth.sessions WHERE tenant_id = $1::uuid AND session_id = $2::uuid",
                [account.tenantID, AccessToken(account.token).string("sid")]) == "refresh_token_reused")
    }

    @Test("of one sign-in leaves the others of the user alone")
    func otherSessions() throws {
        let other = try account.signIn()
        _ = try refresh("/api/auth/refresh", account.refreshToken)
        _ = try refresh("/api/auth/refresh", account.refreshToken)
        #expect(try !works(account.token))
        #expect(try works(other.string("access_token")))
        #expect(try refresh("/api/auth/refresh", other.string("refresh_token")).status == 200)
    }

    @Test("twice at once with one token succeeds exactly once")
    func race() async throws {
        for _ in 0..<5 {
            let refreshToken = try account.signIn().string("refresh_token")
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for path in Self.paths {
                    let account = account
                    group.addTask {
                        try account.stranger.post(path.0, json: json(["refresh_token": refreshToken])).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [200, 401])
        }
    }

    static let refusals: [(String, String, Int)] = [
        ("/api/v1/auth/refresh", "pgr_unknown", 401), ("/api/auth/refresh", "pgr_unknown", 401),
        ("/api/v1/auth/refresh", "", 401), ("/api/auth/refresh", String(repeating: "x", count: 10_000), 401),
    ]

    @Test("with what is no refresh token is refused", arguments: refusals)
    func unknown(_ path: String, _ token: String, _ status: Int) throws {
        #expect(try refresh(path, token).status == status)
        #expect(try refresh(path, account.token).status == status)
    }

    @Test("without a token is invalid input", arguments: [("/api/v1/auth/refresh", 400), ("/api/auth/refresh", 422)])
    func missing(_ path: String, _ status: Int) throws {
        #expect(try account.stranger.post(path, json: "{}").status == status)
    }

    @Test("ends when the sign-in does, however often it was refreshed")
    func sessionEnd() throws {
        try server.sql(
            "UPDATE auth.sessions SET expires_at = now() - interval '1 second' WHERE user_id = $1::uuid",
            [account.userID])
        #expect(try refresh("/api/auth/refresh", account.refreshToken).status == 401)
        #expect(try !works(account.token))
    }

    @Test("never gives a token that outlives the sign-in")
    func shortSession() throws {
        try server.sql(
            "UPDATE auth.sessions SET expires_at = now() + interval '10 minutes' WHERE user_id = $1::uuid",
            [account.userID])
        let response = try refresh("/api/v1/auth/refresh", account.refreshToken)
        let token = try AccessToken(response.string("access_token"))
        #expect(try token.integer("exp") - token.integer("iat") <= 600)
        #expect(try response.integer("expires_in") == token.integer("exp") - token.integer("iat"))
    }
}
