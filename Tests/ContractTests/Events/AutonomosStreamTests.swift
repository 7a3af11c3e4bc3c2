import Foundation
import Testing

@testable import PgServer

@Suite("The event stream of AutonomOS", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct AutonomosStreamTests {
    private static let target = "/api/v1/events/stream"
    private static var naiveTime: Regex<Substring> { /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}/ }

    private let server: RunningServer
    private let account: Account

    init() throws {
        server = try RecordStreams.server()
        account = try Account(on: server)
    }

    // MARK: Who may listen

    @Test("asks for a valid token, in the contract's words")
    func unauthenticated() throws {
        let expired = try AccessToken(account.token).resigned(on: server, changing: ["exp": 1_700_000_000])
        for query in ["", "?token=", "?token=nonsense", "?token=\(expired)"] {
            let response = try HTTPClient(port: server.port).get(Self.target + query)
            #expect(response.status == 401, "\(query)")
            #expect(response.header("WWW-Authenticate") == "Bearer")
            #expect(try response.string("detail") == "Could not validate credentials")
            #expect(try response.integer("status_code") == 401)
            #expect(try response.string("trace_id").hasPrefix("trace-"))
        }
    }

    @Test("takes the token from the query, as EventSource must send it, and from the header")
    func credentials() throws {
        let queried = try EventStream(port: server.port, "\(Self.target)?token=\(account.token)")
        #expect(queried.head.header("Content-Type") == "text/event-stream; charset=utf-8")
        let first = try #require(try queried.next())
        #expect(first.event == "connected")
        #expect(RecordStreams.keys(first.data) == ["type", "ts", "tenant"])
        #expect(try first.member("type") as? String == "connected")
        #expect(try first.member("tenant") as? String == account.tenantID)
        #expect(try (first.member("ts") as? String)?.wholeMatch(of: Self.naiveTime) != nil)
        #expect(try #require(queried.retryMilliseconds) > 0)
        #expect(first.lastID == "1.0")
        _ = try account.connected(Self.target)
    }

    @Test("holds 20 streams of a user and no more, in the contract's words")
    func limit() throws {
        let streams = try (1...20).map { _ in try account.connected(Self.target) }
        let response = try account.client.get(Self.target)
        #expect(response.status == 429)
        #expect(response.header("Retry-After") != nil)
        #expect(
            Set(RecordStreams.keys(response.text)) == ["detail", "status_code", "trace_id", "retry_after"])
        _ = try Account(on: server).connected(Self.target)
        withExtendedLifetime(streams) {}
    }

    // MARK: What is told

    @Test("tells a record that was written, key for key as the contract has it, to its tenant alone")
    func record() throws {
        let neighbour = try Account(on: server)
        let theirs = try neighbour.connected(Self.target)
        let stream = try account.connected(Self.target)
        try account.addAccounts(["ACC-1"])
        let event = try stream.next("event")
        #expect(
            RecordStreams.keys(event.data) == [
                "id", "ts", "tenant", "source_system", "entity", "stage", "meta", "record_count",
                "processing_time_ms",
            ])
        #expect(event.lastID == "1.1")
        #expect(try (event.member("id") as? String)?.wholeMatch(of: /evt_\d{13}_1/) != nil)
        #expect(try (event.member("ts") as? String)?.wholeMatch(of: Self.naiveTime) != nil)
        #expect(try event.member("tenant") as? String == account.tenantID)
        #expect(try event.member("source_system") as? String == "system")
        #expect(try event.member("entity") as? String == "Account")
        #expect(try event.member("stage") as? String == "materialized")
        #expect(try event.member("meta") as? [String: Int] == ["record_count": 1, "processing_time_ms": 0])
        // What is told can be read.
        let list = try account.client.get("/api/v1/dcl/views/accounts")
        #expect(try list.string("data[0].account_id") == "ACC-1")

        try neighbour.addAccounts(["ACC-9"])
        let own = try theirs.next("event")
        #expect(try own.member("tenant") as? String == neighbour.tenantID)
        #expect(own.lastID == "1.1")
    }

    /// One event of a sync: entity, stage and how many records it speaks of.
    private struct Stage: Equatable {
        var entity: String
        var stage: String
        var count: Int
    }

    private func nextStage(_ stream: EventStream) throws -> Stage {
        let event = try stream.next("event")
        guard let entity = try event.member("entity") as? String, let stage = try event.member("stage") as? String,
            let meta = try event.member("meta") as? [String: Int], let count = meta["record_count"],
            let time = meta["processing_time_ms"]
        else { throw TestFailure("no event of the contract: \(event.data)") }
        #expect(time >= 0)
        #expect(try event.member("source_system") as? String == "system", "the contract has no word for a CRM")
        return Stage(entity: entity, stage: stage, count: count)
    }

    /// The stages of the last run of each entity, as the runs were recorded.
    private func recordedStages() throws -> [Stage] {
        try account.sql(
            """
            SELECT initcap(r.entity), s.stage, s.total
            FROM (SELECT DISTINCT ON (entity) * FROM data.sync_runs ORDER BY entity, started_at DESC) AS r
            CROSS JOIN LATERAL (VALUES
                (1, 'ingested', r.rows_read), (2, 'canonicalized', r.rows_read - r.rows_rejected),
                (3, 'materialized', r.rows_inserted + r.rows_updated + r.rows_removed), (4, 'journaled', r.rows_read)
            ) AS s (rank, stage, total)
            WHERE s.total > 0
            ORDER BY r.entity, s.rank
            """
        ).map { Stage(entity: $0[0] ?? "", stage: $0[1] ?? "", count: Int($0[2] ?? "") ?? -1) }
    }

    @Test("tells each stage of a sync with what it did, and not once more what it wrote")
    func sync() throws {
        let source = try DemonstrationSource(named: "stages")
        let stream = try account.connected(Self.target)
        try source.connect(account)
        let first = try recordedStages()
        #expect(first.map(\.entity).filter { $0 == "Contact" }.count == 4)
        #expect(try first.map { _ in try nextStage(stream) } == first)

        // A column that came is a drift; of the rows one is new.
        let column = "column_\(Subprocess.nextNumber())"
        let number = 100_000 + Subprocess.nextNumber()
        try source.run(
            """
            ALTER TABLE public.companies ADD COLUMN \(column) integer;
            INSERT INTO public.companies (id, company_name, created_at, modified_at)
            VALUES (\(number), 'Drifted', now(), now());
            """)
        try source.connect(account)
        let second = try recordedStages()
        #expect(second.contains(Stage(entity: "Account", stage: "materialized", count: 1)))
        #expect(try nextStage(stream) == Stage(entity: "Account", stage: "drift", count: 1))
        #expect(try second.map { _ in try nextStage(stream) } == second)

        try account.addAccounts(["ACC-BY-HAND"])
        #expect(try nextStage(stream) == Stage(entity: "Account", stage: "materialized", count: 1))
    }

    // MARK: Going on

    @Test("goes on behind the event that a browser knows; what it missed comes first")
    func resume() throws {
        let stream = try account.connected(Self.target)
        try account.addAccounts(["A1", "A2", "A3", "A4"])
        let ids = try (1...4).map { _ in try stream.next("event").lastID }
        #expect(ids == ["1.1", "1.2", "1.3", "1.4"])
        let again = try account.connected(
            "\(Self.target)?token=\(account.token)&since=1.1", headers: [("Last-Event-ID", "1.2")])
        #expect(again.lastID == "1.2")
        #expect(try (1...2).map { _ in try again.next("event").lastID } == ["1.3", "1.4"])
        try account.addAccounts(["A5"])
        #expect(try again.next("event").lastID == "1.5")

        let refused = try account.client.get(Self.target, headers: [("Last-Event-ID", "evt_1_2")])
        #expect(refused.status == 400)
        #expect(try refused.string("errors[0].field") == "since")
    }

    @Test("says as an error, and first, that history is lost", arguments: ["1.999999", "7.1"])
    func lost(_ since: String) throws {
        let stream = try EventStream(port: server.port, "\(Self.target)?since=\(since)", token: account.token)
        let lost = try #require(try stream.next())
        #expect(lost.event == "error")
        #expect(lost.lastID == "1.0")
        #expect(RecordStreams.keys(lost.data) == ["type", "message", "ts"])
        #expect(try lost.member("message") as? String == "Events before this one are no longer kept.")
        #expect(try #require(try stream.next()).event == "connected")
    }

    @Test("ends with the session, as an error of the contract")
    func sessionEnd() throws {
        let stream = try account.connected(Self.target)
        try account.revokeSession()
        let error = try stream.next("error")
        #expect(RecordStreams.keys(error.data) == ["type", "message", "ts"])
        #expect(try error.member("type") as? String == "error")
        #expect(try error.member("message") as? String == "The session has ended.")
        #expect(try (error.member("ts") as? String)?.wholeMatch(of: Self.naiveTime) != nil)
        #expect(try stream.next() == nil)
    }

    // MARK: Beside the events

    @Test("says that it lives, and is open to everybody in demo mode, to the demo tenant's events")
    func heartbeatAndDemoMode() throws {
        let demoTenant = "00000000-0000-4000-8000-00000000000d"
        let server = try IdentityServer.fresh(
            environment: ["DCL_AUTH_ENABLED": "false"],
            sql: """
                UPDATE api.streams AS s SET heartbeat_ms = 300
                FROM api.routes AS r WHERE r.route_id = s.route_id AND r.path = '\(Self.target)'
                """)
        defer { server.stop() }
        for query in ["", "?token=nonsense"] {
            let stream = try EventStream(port: server.port, Self.target + query)
            #expect(try stream.next("connected").member("tenant") as? String == demoTenant)
            let heartbeat = try stream.next("heartbeat")
            #expect(RecordStreams.keys(heartbeat.data) == ["ts"])
            #expect(try (heartbeat.member("ts") as? String)?.wholeMatch(of: Self.naiveTime) != nil)
            try server.sql("INSERT INTO data.contacts (tenant_id) VALUES ($1::uuid)", [demoTenant])
            #expect(try stream.next("event").member("entity") as? String == "Contact")
        }
    }
}
