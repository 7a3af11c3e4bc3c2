import Testing

@testable import PgServer

@Suite("AAM", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct AAMTests {
    private let server: RunningServer
    private let account: Account

    init() throws {
        server = try RecordStreams.server()
        account = try Account(on: server)
    }

    private func run(_ connection: String, status: String, read: Int, rejected: Int) throws {
        try server.sql(
            """
            INSERT INTO data.sync_runs (
                tenant_id, connection_id, mapping_id, entity, status, started_at, finished_at, rows_read, rows_inserted,
                rows_rejected, bytes_read)
            VALUES ($1::uuid, $2::uuid, gen_random_uuid(), 'account', $3, now() - interval '1 min', now(), $4::bigint,
                $4::bigint - $5::bigint, $5::bigint, 1000)
            """, [account.tenantID, connection, status, String(read), String(rejected)])
    }

    // MARK: Status

    @Test("tells of its three services and of the workers, also of a tenant that has nothing")
    func status() throws {
        let response = try account.client.get("/api/v1/aam/status")
        #expect(response.status == 200)
        let serviceKeys = [
            "status", "queue_depth", "running", "completed_24h", "failed_24h", "last_run_at", "last_success_at",
            "last_error",
        ]
        let keys =
            ["status", "services"]
            + ["SchemaObserver", "RAGEngine", "DriftRepairAgent"].flatMap { [$0] + serviceKeys }
            + ["workers", "status", "overdue_seconds", "last_run_at", "checked_at"]
        #expect(RecordStreams.keys(response.text) == keys)
        #expect(["operational", "down"].contains(try response.string("status")))
        #expect(try response.integer("services.SchemaObserver.queue_depth") == 0)
        #expect(try response.member("services.SchemaObserver.last_run_at") == nil)
    }

    @Test("says that a discovery failed, and why")
    func failing() throws {
        let id = try account.connect("CRM", "push")
        try server.sql(
            """
            INSERT INTO data.discoveries (tenant_id, connection_id, job_id, status, error_code, error, finished_at)
            VALUES ($1::uuid, $2::uuid, -1, 'failed', 'source_unreachable', 'Nobody answers.', now())
            """, [account.tenantID, id])
        let response = try account.client.get("/api/v1/aam/status")
        #expect(try response.string("services.SchemaObserver.last_error") == "Nobody answers.")
        #expect(["failing", "down"].contains(try response.string("services.SchemaObserver.status")))
        #expect(try response.integer("services.SchemaObserver.failed_24h") == 1)
    }

    // MARK: Figures

    @Test("sums up what was synced, of this tenant alone")
    func metrics() throws {
        let id = try account.connect("CRM", "push")
        try run(id, status: "succeeded", read: 90, rejected: 10)
        try run(id, status: "failed", read: 10, rejected: 0)
        let response = try account.client.get("/api/v1/aam/metrics")
        #expect(response.status == 200)
        let json = try #require(try response.json() as? [String: Any])
        #expect(
            Set(json.keys) == [
                "connectors", "health", "mappings", "drift", "syncs", "records", "jobs", "alerts", "generated_at",
            ])
        #expect(try response.integer("connectors.total") == 1)
        #expect(try response.integer("syncs.runs_24h") == 2)
        #expect(try response.member("syncs.success_rate_24h") as? Double == 0.5)
        #expect(try response.integer("syncs.records_read_24h") == 100)
        #expect(try response.integer("syncs.records_rejected_24h") == 10)
        #expect(try response.integer("syncs.bytes_24h") == 2000)
        let neighbour = try Account(on: server).client.get("/api/v1/aam/metrics")
        #expect(try neighbour.integer("syncs.runs_24h") == 0)
        #expect(try neighbour.member("syncs.success_rate_24h") == nil)
        #expect(try neighbour.member("health.average_score") == nil)
    }

    @Test("scores a connection by its parts, by id or slug, and no neighbour's")
    func health() throws {
        let id = try account.connect("Our CRM", "push")
        let fresh = try account.client.get("\(Account.connections)/\(id)/health")
        #expect(fresh.status == 200)
        #expect(
            RecordStreams.keys(fresh.text) == [
                "connection_id", "name", "status", "score", "grade", "checked_at", "components",
                "syncs", "score", "weight", "window_days", "runs", "succeeded", "partial", "failed",
                "freshness", "score", "weight", "last_success_at",
                "drift", "score", "weight", "window_days", "queued", "detected",
                "errors", "score", "weight", "window_days", "rows_read", "rows_rejected",
            ])
        #expect(try fresh.member("score") == nil)
        #expect(try fresh.string("grade") == "unknown")

        // Half of the runs succeeded, just now, and two of a hundred rows were rejected: 40 · 0.5, 20 · 1 and 20 · 0.8
        // of 80.
        try run(id, status: "succeeded", read: 50, rejected: 2)
        try run(id, status: "failed", read: 50, rejected: 0)
        let scored = try account.client.get("\(Account.connections)/our-crm/health")
        #expect(try scored.string("connection_id") == id)
        #expect(try scored.integer("score") == 70)
        #expect(try scored.string("grade") == "degraded")
        #expect(try scored.member("components.errors.score") as? Double == 0.8)
        #expect(try scored.integer("components.syncs.weight") == 40)

        let neighbour = try Account(on: server)
        #expect(try neighbour.client.get("\(Account.connections)/\(id)/health").status == 404)
        #expect(try neighbour.client.get("\(Account.connections)/our-crm/health").status == 404)
        #expect(try account.stranger.get("\(Account.connections)/\(id)/health").status == 401)
    }

    @Test("has a history by the hour and by the day, without gaps, as of the last refresh")
    func history() throws {
        let id = try account.connect("CRM", "push")
        try run(id, status: "succeeded", read: 90, rejected: 10)
        try server.sql("SELECT data.refresh_activity('{}')")
        let hours = try account.client.get("/api/v1/aam/metrics/history?bucket=hour")
        #expect(hours.status == 200, "\(hours.text)")
        #expect(
            RecordStreams.keys(hours.text).prefix(16) == [
                "bucket", "from", "to", "refreshed_at", "points", "at", "runs", "succeeded", "partial", "failed",
                "records_read", "records_written", "records_rejected", "bytes", "duration_seconds", "drift_events",
            ])
        let points = try #require(try hours.member("points") as? [[String: Any]])
        #expect(points.count == 25)
        #expect(points.compactMap { $0["records_read"] as? Int }.reduce(0, +) == 90)
        #expect(try hours.string("refreshed_at").hasSuffix("Z"))
        let days = try account.client.get("/api/v1/aam/metrics/history?bucket=day&connection_id=crm")
        #expect((try days.member("points") as? [Any])?.count == 31)
        let neighbour = try Account(on: server).client.get("/api/v1/aam/metrics/history")
        let others = try #require(try neighbour.member("points") as? [[String: Any]])
        #expect(others.allSatisfy { $0["runs"] as? Int == 0 })
    }

    @Test(
        "has no history of times that are none, or of too many",
        arguments: [
            ("bucket=week", 400), ("from=yesterday", 400), ("from=2025-01-02T00:00:00Z&to=2025-01-01T00:00:00Z", 400),
            ("bucket=hour&from=2025-01-01T00:00:00Z&to=2025-02-02T00:00:00Z", 400),
            ("bucket=day&from=2023-01-01T00:00:00Z&to=2025-01-01T00:00:00Z", 400), ("connection_id=nothing", 404),
            ("bucket=hour&from=2025-01-01T00:00:00Z&to=2025-02-01T00:00:00Z", 200),
        ])
    func historyBounds(_ query: String, _ status: Int) throws {
        #expect(try account.client.get("/api/v1/aam/metrics/history?\(query)").status == status)
    }

    // MARK: Events

    @Test("tells what has happened, newest first, by connection, type, source and time")
    func events() throws {
        let crm = try account.connect("CRM", "salesforce")
        let files = try account.connect("Files", "filesource")
        _ = try account.client.send("PATCH", "\(Account.connections)/\(crm)", json: json(["name": "Our CRM"]))
        try eventually("three events have their places") {
            try server.sqlValue(
                "SELECT count(*) FROM core.event_positions WHERE tenant_id = $1::uuid AND topic = 'data.connection'",
                [account.tenantID]) == "3"
        }
        let all = try account.client.get("/api/v1/aam/events")
        #expect(all.status == 200)
        #expect(try all.integer("total") == 3)
        #expect(RecordStreams.keys(all.text).suffix(4) == ["total", "limit", "offset", "has_more"])
        #expect(
            RecordStreams.keys(all.text).prefix(9) == [
                "events", "id", "event_type", "connection_id", "source_system", "subject_kind", "subject_id",
                "created_at", "data",
            ])
        #expect(try all.string("events[0].event_type") == "data.connection.updated")
        #expect(try all.string("events[0].connection_id") == crm)
        #expect(try all.string("events[0].source_system") == "salesforce")
        #expect(try all.string("events[1].connection_id") == files)
        func total(_ query: String) throws -> Int {
            try account.client.get("/api/v1/aam/events?\(query)").integer("total")
        }
        #expect(try total("connection_id=\(crm)") == 2)
        #expect(try total("connection_id=files") == 1)
        #expect(try total("event_type=data.connection.created") == 2)
        #expect(try total("event_type=data.connection.created&source_system=filesource") == 1)
        #expect(try total("source_system=salesforce") == 2)
        #expect(try total("since=2999-01-01T00:00:00Z") == 0)
        let page = try account.client.get("/api/v1/aam/events?limit=2&offset=2")
        #expect((try page.member("events") as? [Any])?.count == 1)
        #expect(try page.member("has_more") as? Bool == false)
        let neighbour = try Account(on: server)
        #expect(try neighbour.client.get("/api/v1/aam/events").integer("total") == 0)
        #expect(try neighbour.client.get("/api/v1/aam/events?connection_id=\(crm)").status == 404)
        #expect(try account.client.get("/api/v1/aam/events?limit=1001").status == 400)
        #expect(try account.client.get("/api/v1/aam/events?since=soon").status == 400)
    }

    // MARK: Off

    @Test("is all 503 when it is switched off, in the contract's words, and 401 to strangers while it is on")
    func switchedOff() throws {
        let id = "00000000-0000-4000-8000-000000000001"
        let rule = json([
            "name": "x", "metric": "drift_events", "threshold": 1, "channel": "webhook", "url": "https://a.test/",
        ])
        let requests: [(String, String, String?)] = [
            ("GET", "/status", nil), ("GET", "/metrics", nil), ("GET", "/metrics/history", nil),
            ("GET", "/events", nil),
            ("GET", "/connections/\(id)/health", nil), ("GET", "/alert-rules", nil), ("POST", "/alert-rules", rule),
            ("GET", "/alert-rules/\(id)", nil), ("PATCH", "/alert-rules/\(id)", "{}"),
            ("DELETE", "/alert-rules/\(id)", nil),
            ("POST", "/alert-rules/\(id)/test", "{}"), ("GET", "/alerts", nil), ("GET", "/alert-notices/\(id)", nil),
        ]
        let off = try IdentityServer.fresh(environment: ["AAM_MODELS_AVAILABLE": "false"])
        defer { off.stop() }
        let owner = try Account(on: off).client
        for (method, path, body) in requests {
            let response = try owner.send(method, "/api/v1/aam\(path)", json: body)
            #expect(response.status == 503, "\(method) \(path)")
            #expect(try response.string("detail") == "AAM models not configured")
            #expect(try account.stranger.send(method, "/api/v1/aam\(path)", json: body).status == 401)
        }
    }
}
