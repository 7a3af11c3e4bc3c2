@preconcurrency import Glibc
import Testing

@testable import PgServer

@Suite("Rate limits", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct RateLimitTests {
    let server: RunningServer

    init() throws { server = try IdentityServer.shared() }

    /// What it took to meet the limit.
    private struct Drained {
        var passed = 0
        var first: HTTPResponse?
        var refusal: HTTPResponse?
        var elapsed = Duration.zero
        var crossedWindow = false
    }

    /// Asks, each time on a new connection and so on any reactor, until the answer is 429.
    private func drain(atMost most: Int, _ request: () throws -> HTTPResponse) throws -> Drained {
        var drained = Drained()
        let start = ContinuousClock.now
        while drained.passed <= most {
            let response = try request()
            drained.elapsed = ContinuousClock.now - start
            if drained.first == nil { drained.first = response }
            drained.crossedWindow =
                response.header("X-RateLimit-Reset") != drained.first?.header("X-RateLimit-Reset")
            if response.status == 429 {
                drained.refusal = response
                return drained
            }
            guard response.status < 400 || response.status == 401 else { throw TestFailure(response.text) }
            drained.passed += 1
        }
        return drained
    }

    /// A bucket of the stated burst, refilled at the stated rate: a slow run may see it refilled meanwhile.
    private func expectBucket(_ drained: Drained, limit: Int, burst: Int) throws {
        let refilled = Int(drained.elapsed / .seconds(1) * Double(limit) / 60) + 1
        #expect((burst...burst + refilled).contains(drained.passed), "\(drained.passed) of \(burst)")
        let refusal = try #require(drained.refusal)
        try expectFields(refusal, limit: limit)
    }

    private func expectFields(_ refusal: HTTPResponse, limit: Int) throws {
        #expect(refusal.header("X-RateLimit-Limit") == String(limit))
        #expect(refusal.header("X-RateLimit-Remaining") == "0")
        let reset = try #require(refusal.header("X-RateLimit-Reset").flatMap { Int($0) })
        let wait = try #require(refusal.header("Retry-After").flatMap { Int($0) })
        #expect(wait >= 1)
        #expect(reset >= time(nil))
    }

    @Test("of AutonomOS are buckets: sign-in by address, 10 a minute and 20 at once")
    func authentication() throws {
        let address = RunningServer.freshAddress()
        let body = json(["email": "nobody@example.test", "password": "not the password"])
        let drained = try drain(atMost: 60) {
            try server.client(address: address).post("/api/v1/auth/login", json: body)
        }
        try expectBucket(drained, limit: 10, burst: 20)
        #expect(drained.first?.header("X-RateLimit-Limit") == "10")
        let refusal = try #require(drained.refusal)
        let wait = try #require(refusal.header("Retry-After").flatMap { Int($0) })
        #expect(try refusal.integer("retry_after") == wait)
        #expect(
            try refusal.string("detail") == "Rate limit exceeded. Please try again in \(wait) seconds.")
        #expect(try refusal.string("error.code") == "RATE_LIMIT_EXCEEDED")
        #expect(try server.client().post("/api/v1/auth/login", json: body).status == 401)
    }

    @Test("of AutonomOS count a tenant: 60, 30 and 5 a minute, 100, 50 and 10 at once")
    func perTenant() throws {
        let account = try Account(on: server)
        let neighbour = try Account(on: server)
        let reading = try drain(atMost: 200) { try server.client(token: account.token).get("/api/v1/auth/me") }
        try expectBucket(reading, limit: 60, burst: 100)
        let writing = try drain(atMost: 100) { try account.client.send("POST", "/api/v1/aam/probe") }
        try expectBucket(writing, limit: 30, burst: 50)
        let bulk = try drain(atMost: 40) { try account.client.send("POST", "/api/v1/aam/probe/bulk") }
        try expectBucket(bulk, limit: 5, burst: 10)
        #expect(try neighbour.client.get("/api/v1/auth/me").status == 200)
        // A second sign-in of the same tenant is counted with the first.
        let again = try account.signIn().string("access_token")
        #expect(try server.client(token: again).send("POST", "/api/v1/aam/probe/bulk").status == 429)
    }

    @Test("of AI-ETL are windows by plan, the burst on top: 110 pass in an hour of the Free plan")
    func byPlan() throws {
        var account = try Account(on: server)
        var drained = Drained()
        repeat {
            account = try Account(on: server)
            drained = try drain(atMost: 150) { try account.client.get("/api/v1/connectors/probe") }
        } while drained.crossedWindow
        #expect(drained.passed == 110)
        let refusal = try #require(drained.refusal)
        try expectFields(refusal, limit: 100)
        #expect(try refusal.string("error.code") == "RATE_LIMIT_EXCEEDED")
        #expect(try refusal.names("error") == ["code", "message", "details", "request_id"])
    }

    @Test("follow a change of the plan with the next token", arguments: [("Pro", "1000"), ("Enterprise", "10000")])
    func changedPlan(_ plan: String, _ limit: String) throws {
        let account = try Account(on: server)
        let path = "/api/v1/connectors/probe"
        #expect(try account.client.get(path).header("X-RateLimit-Limit") == "100")
        try server.sql(
            "UPDATE auth.tenants SET plan = $2::auth.plan WHERE tenant_id = $1::uuid", [account.tenantID, plan])
        #expect(try account.client.get(path).header("X-RateLimit-Limit") == "100")
        let next = try account.stranger.post(
            "/api/v1/auth/refresh", json: json(["refresh_token": account.refreshToken]))
        let client = server.client(token: try next.string("access_token"))
        #expect(try client.get(path).header("X-RateLimit-Limit") == limit)
    }

    @Test("of the release orchestrator are by tier", arguments: [("Standard", "1000"), ("Premium", "5000")])
    func byTier(_ tier: String, _ limit: String) throws {
        let account = try Account(on: server)
        try server.sql(
            "UPDATE auth.tenants SET tier = $2::auth.tier WHERE tenant_id = $1::uuid", [account.tenantID, tier])
        let client = server.client(token: try account.signIn().string("access_token"))
        let response = try client.get("/api/v1/integrations/probe")
        #expect(response.status == 200)
        #expect(response.header("X-RateLimit-Limit") == limit)
    }

    @Test("of Auterity count a user, not the tenant")
    func perUser() throws {
        let first = try Account(on: server)
        let second = try Account(on: server)
        // The second user comes to work for the first one's tenant.
        try server.sql(
            """
            WITH gone AS (DELETE FROM auth.memberships WHERE user_id = $2::uuid)
            INSERT INTO auth.memberships (tenant_id, user_id, role) VALUES ($1::uuid, $2::uuid, 'member')
            """, [first.tenantID, second.userID])
        let secondToken = try second.signIn().string("access_token")
        #expect(try AccessToken(secondToken).string("tenant_id") == first.tenantID)
        func remaining(_ token: String) throws -> (Int, String?) {
            let response = try server.client(token: token).get("/api/workflows/probe")
            #expect(response.header("X-RateLimit-Limit") == "1000")
            let remaining = try #require(response.header("X-RateLimit-Remaining").flatMap { Int($0) })
            return (remaining, response.header("X-RateLimit-Reset"))
        }
        #expect(try remaining(first.token).0 == 999)
        let (secondRemaining, _) = try remaining(secondToken)
        #expect(secondRemaining == 999)
    }

    @Test("of Autopack count an address, on all reactors together, and only what a trusted proxy says it is")
    func perAddress() throws {
        var drained = Drained()
        var address = ""
        repeat {
            address = RunningServer.freshAddress()
            drained = try drain(atMost: 30) {
                // Whatever the client wrote itself stands to the left of what the proxy added.
                let claimed = "\(RunningServer.freshAddress()), \(address)"
                return try server.client(address: claimed).send("POST", "/runs/probe")
            }
        } while drained.crossedWindow
        #expect(drained.passed == 10)
        try expectFields(try #require(drained.refusal), limit: 10)
        #expect(try drained.refusal?.names() == ["detail"])
        #expect(try server.client().send("POST", "/runs/probe").status == 200)
    }

    @Test("ignore X-Forwarded-For from anybody but a trusted proxy")
    func untrusted() throws {
        let server = try IdentityServer.fresh(
            environment: ["PGSERVER_TRUSTED_PROXIES": "203.0.113.0/24", "PGSERVER_REACTORS": "2"],
            sql: ProbeRoutes.sql)
        defer { server.stop() }
        var drained = Drained()
        repeat {
            drained = try drain(atMost: 30) { try server.client().send("POST", "/runs/probe") }
        } while drained.crossedWindow
        #expect(drained.passed == 10)
    }

    @Test("admit again when the window is over")
    func reset() throws {
        let account = try Account(on: server)
        let path = "/api/v1/aam/probe/second"
        let drained = try drain(atMost: 100) { try account.client.get(path) }
        #expect(drained.refusal?.header("Retry-After") == "1")
        try eventually("the next window") { try account.client.get(path).status == 200 }
    }

    @Test("take nothing from those whose credential is refused")
    func refusedCredential() throws {
        let response = try server.client(token: "garbage").get("/api/v1/auth/me")
        #expect(response.status == 401)
        #expect(response.header("X-RateLimit-Limit") == nil)
    }
}
