import Testing

@Suite("A page of another origin", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct CrossOriginRequestTests {
    private let own = "https://app.example.com"

    /// Asks with that origin, as a preflight and for real, of a server with that configuration.
    private func ask(
        _ origin: String, _ environment: [String: String]
    ) throws -> (preflight: HTTPResponse, request: HTTPResponse) {
        let server = try Probe.start(environment)
        defer { server.stop() }
        var client = HTTPClient(port: server.port)
        client.headers = [("Origin", origin)]
        let preflight = try client.send(
            "OPTIONS", "/probe/echo",
            headers: [("Access-Control-Request-Method", "GET"), ("Access-Control-Request-Headers", "authorization")])
        return (preflight, try client.get("/probe/echo?text=a"))
    }

    @Test("that is configured may call, and may read what the server tells in its header fields")
    func allowed() throws {
        let (preflight, request) = try ask(
            own,
            [
                "PGSERVER_CORS_ORIGINS": "https://other.example.com, \(own)", "PGSERVER_CORS_METHODS": "GET, POST",
                "PGSERVER_CORS_HEADERS": "Authorization, X-Own", "PGSERVER_CORS_MAX_AGE": "90s",
            ])
        #expect(preflight.status == 204)
        #expect(preflight.header("Access-Control-Allow-Origin") == own)
        #expect(preflight.header("Access-Control-Allow-Methods") == "GET, POST")
        #expect(preflight.header("Access-Control-Allow-Headers") == "Authorization, X-Own")
        #expect(preflight.header("Access-Control-Max-Age") == "90")
        #expect(preflight.header("Access-Control-Allow-Credentials") == nil)
        #expect(request.status == 200)
        #expect(request.header("Access-Control-Allow-Origin") == own)
        #expect(request.header("Access-Control-Expose-Headers")?.contains("X-Request-Id") == true)
        #expect(request.header("Vary") == "Origin")
    }

    @Test(
        "that is not configured may not",
        arguments: ["https://evil.example.com", "https://app.example.com.evil", "null"])
    func refused(_ origin: String) throws {
        let (preflight, request) = try ask(origin, ["PGSERVER_CORS_ORIGINS": own])
        for response in [preflight, request] {
            #expect(!response.headers.contains { $0.name.hasPrefix("Access-Control-") })
            #expect(response.header("Vary") == "Origin")
        }
    }

    @Test("may send credentials along if that is configured")
    func credentials() throws {
        let (preflight, request) = try ask(
            own, ["PGSERVER_CORS_ORIGINS": own, "PGSERVER_CORS_CREDENTIALS": "on"])
        for response in [preflight, request] {
            #expect(response.header("Access-Control-Allow-Credentials") == "true")
            #expect(response.header("Access-Control-Allow-Origin") == own)
        }
    }

    @Test("may call, whoever it is, if all may")
    func any() throws {
        let (preflight, request) = try ask("https://any.example.com", ["PGSERVER_CORS_ORIGINS": "*"])
        for response in [preflight, request] { #expect(response.header("Access-Control-Allow-Origin") == "*") }
    }

    @Test("is never invited by any origin's name together with its credentials (Fetch, CORS protocol)")
    func anyWithCredentials() throws {
        let (preflight, request) = try ask(
            "https://any.example.com", ["PGSERVER_CORS_ORIGINS": "*", "PGSERVER_CORS_CREDENTIALS": "on"])
        for response in [preflight, request] { #expect(response.header("Access-Control-Allow-Origin") == nil) }
    }

    @Test("meets no such fields on a server that is not configured for other origins")
    func off() throws {
        let response = try HTTPClient(port: Probe.server().port).get(
            "/probe/echo?text=a", headers: [("Origin", own)])
        #expect(!response.headers.contains { $0.name.hasPrefix("Access-Control-") || $0.name == "Vary" })
    }

    @Test("can read a refusal too")
    func refusal() throws {
        let server = try Probe.start(["PGSERVER_CORS_ORIGINS": own])
        defer { server.stop() }
        let response = try HTTPClient(port: server.port).get("/probe/private", headers: [("Origin", own)])
        #expect(response.status == 401)
        #expect(response.header("Access-Control-Allow-Origin") == own)
    }
}
