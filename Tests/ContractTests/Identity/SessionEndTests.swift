import Testing

@testable import PgServer

@Suite("The end of a session", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct SessionEndTests {
    let server: RunningServer
    let account: Account

    init() throws {
        server = try IdentityServer.shared()
        account = try Account(on: server)
    }

    /// Kept connections, enough that each reactor has some, on which the token is known already.
    private func warmConnections(_ token: String) throws -> [RawConnection] {
        let connections = try (0..<12).map { _ in try RawConnection(port: server.port) }
        for connection in connections {
            for _ in 0..<2 { #expect(try me(connection, token).status == 200) }
        }
        return connections
    }

    private func me(_ connection: RawConnection, _ token: String) throws -> HTTPResponse {
        try connection.send(
            """
            GET /api/auth/me HTTP/1.1\r
            Host: 127.0.0.1\r
            Authorization: Bearer \(token)\r
            \r

            """)
        return try connection.response()
    }

    @Test("by logging out takes effect on the very next request, on every connection and reactor")
    func logout() throws {
        let connections = try warmConnections(account.token)
        let other = try account.signIn().string("access_token")
        let response = try account.client.send("POST", "/api/auth/logout")
        #expect(response.status == 200)
        #expect(try !response.string("message").isEmpty)
        for connection in connections { #expect(try me(connection, account.token).status == 401) }
        #expect(try me(connections[0], other).status == 200)
        let refresh = try account.stranger.post(
            "/api/auth/refresh", json: json(["refresh_token": account.refreshToken]))
        #expect(refresh.status == 401)
        #expect(try account.client.send("POST", "/api/auth/logout").status == 401)
    }

    @Test("by auth.revoke_session takes effect on the very next request, on every connection and reactor")
    func revocation() throws {
        let connections = try warmConnections(account.token)
        try account.sql("SELECT auth.revoke_session($1::uuid)", [AccessToken(account.token).string("sid")])
        for connection in connections { #expect(try me(connection, account.token).status == 401) }
        let v1 = try account.client.get("/api/v1/auth/me")
        #expect(v1.status == 401)
        #expect(v1.header("WWW-Authenticate") == "Bearer")
        #expect(try v1.string("detail") == "Could not validate credentials")
    }

    @Test("is nobody's to bring about but the user's and the tenant's administrators'")
    func notTheNeighbours() throws {
        let neighbour = try Account(on: server)
        let session = try AccessToken(account.token).string("sid")
        #expect(try neighbour.sql("SELECT auth.revoke_session($1::uuid)", [session]) == [["f"]])
        #expect(try neighbour.sql("SELECT auth.end_sessions($1::uuid)", [account.userID]) == [["0"]])
        #expect(try account.client.get("/api/auth/me").status == 200)
    }

    @Test("of all of a user's sessions ends the API keys too")
    func all() throws {
        let key = try account.createKey(scopes: ["audit.read"]).key
        #expect(try server.client(token: key).get("/api/auth/me").status == 200)
        try account.sql("SELECT auth.end_sessions($1::uuid)", [account.userID])
        #expect(try server.client(token: key).get("/api/auth/me").status == 401)
        #expect(try account.client.get("/api/auth/me").status == 401)
    }

    @Test("inside a pipeline refuses the requests behind it")
    func pipelined() throws {
        let connection = try RawConnection(port: server.port)
        let fields = "Host: 127.0.0.1\r\nAuthorization: Bearer \(account.token)\r\n"
        #expect(try me(connection, account.token).status == 200)
        try connection.send("POST /api/auth/logout HTTP/1.1\r\n\(fields)Content-Length: 0\r\n\r\n")
        #expect(try connection.response().status == 200)
        #expect(try me(connection, account.token).status == 401)
    }
}
