import Testing

@Suite("Health", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct HealthTests {
    private func get(_ target: String) throws -> HTTPResponse {
        let response = try HTTPClient(port: Probe.server().port).get(target)
        #expect(response.status == 200)
        return response
    }

    private let timestamp = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/

    @Test("of the system tells of its database and its kill switches")
    func health() throws {
        let response = try get("/health")
        #expect(try response.member("status") as? String == "healthy")
        #expect(try response.member("database") as? String == "connected")
        #expect((try response.member("database_identity") as? String)?.contains(/^[0-9a-f]{16}$/) == true)
        #expect(try response.member("kill_switches") is [String: Any])
        #expect(try response.member("version") is String)
        #expect(try response.member("database_identity_debug") == nil)
    }

    @Test("of the service tells its version and for how long it runs")
    func service() throws {
        let response = try get("/api/health")
        #expect(try response.member("status") as? String == "healthy")
        #expect(try response.member("version") is String)
        #expect((try response.member("timestamp") as? String)?.wholeMatch(of: timestamp) != nil)
        #expect((try response.member("uptime_seconds") as? Int ?? -1) >= 0)
    }

    @Test("in detail tells of each part")
    func detailed() throws {
        let response = try get("/api/health/detailed")
        #expect(try response.member("dependencies.database.status") as? String == "healthy")
        #expect(try response.member("dependencies.database.is_replica") as? Bool == false)
        #expect(try response.member("dependencies.catalog.status") as? String == "healthy")
        #expect((try response.member("dependencies.catalog.generation") as? Int ?? 0) > 0)
        try eventually("events are listened for") {
            try get("/api/health/detailed").member("dependencies.events.listening") as? Bool == true
        }
        #expect((try response.member("dependencies.pool.fast.ready") as? Int ?? 0) > 0)
        #expect(try response.member("dependencies.reactors") as? Int == 2)
    }

    @Test("says that requests may come")
    func ready() throws {
        let response = try get("/api/ready")
        #expect(try response.member("ready") as? Bool == true)
        #expect(try response.member("status") as? String == "ready")
        #expect((try response.member("timestamp") as? String)?.wholeMatch(of: timestamp) != nil)
    }
}
