import Testing

@testable import PgServer

@Suite("Bulk mappings of AutonomOS", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct BulkMappingTests {
    private static let target = "/api/v1/bulk-mappings"

    private let account: Account

    init() throws { account = try Account(on: MappingServer.shared()) }

    @Test("are submitted, worked off and read, each mapping with what came of it")
    func workedOff() throws {
        let source = try account.addSource(SourceRelations.contacts)
        let submitted = try account.client.post(
            Self.target,
            json: """
                {"mappings": [
                    {"connection_id": "\(source)", "source_relation": "Contact", "entity": "contact", "key_column": "Id",
                     "fields": [{"canonical_field": "email", "vendor_field": "Email"}]},
                    {"connection_id": "\(source)"},
                    {"connection_id": "\(source)", "source_relation": "Nothing"}]}
                """)
        #expect(submitted.status == 202, "\(submitted.text)")
        #expect(
            RecordStreams.keys(submitted.text) == [
                "job_id", "status", "total", "succeeded", "failed", "progress", "created_at", "started_at",
                "finished_at", "expires_at",
            ])
        #expect(try submitted.string("status") == "queued")
        #expect(submitted.header("X-RateLimit-Limit") == "5")
        let id = try submitted.string("job_id")
        #expect(id.wholeMatch(of: /job-[0-9a-f-]{36}/) != nil)

        try eventually("it has ended") {
            try !["queued", "running"].contains(account.client.get("\(Self.target)/\(id)").string("status"))
        }
        let ended = try account.client.get("\(Self.target)/\(id)")
        #expect(try ended.string("status") == "partial")
        #expect(try ended.integer("succeeded") == 2)
        #expect(try ended.integer("failed") == 1)
        #expect(try ended.string("results[0].status") == "succeeded")
        #expect(try account.client.get("/api/v1/aam/mappings/\(ended.string("results[0].mapping_id"))").status == 200)
        #expect(try ended.integer("results[1].applied") == 1)
        #expect(try ended.integer("results[1].queued") == 1)
        #expect(try ended.string("results[2].error.code") == "invalid")

        let finished = try account.client.send("DELETE", "\(Self.target)/\(id)")
        #expect(finished.status == 409)
        #expect(try finished.string("detail") == "This job has ended: it is partial.")
        let neighbour = try Account(on: account.server).client
        #expect(try neighbour.get("\(Self.target)/\(id)").status == 404)
        #expect(try neighbour.get(Self.target).integer("total") == 0)
    }

    /// Fills the tenant's five places, so that whatever is submitted waits.
    private func occupy(waiting: Int = 0) throws {
        try account.server.sql(
            """
            INSERT INTO data.bulk_mappings (tenant_id, status, is_dispatched, item_count, created_at)
            SELECT $1::uuid, CASE WHEN n <= 5 THEN 'running' ELSE 'queued' END, n <= 5, 1, now() - make_interval(mins => n)
            FROM generate_series(1, 5 + $2::integer) AS n
            """, [account.tenantID, String(waiting)])
    }

    @Test("are listed the newest first, in pages, as the contract says")
    func listed() throws {
        try occupy(waiting: 18)
        let list = try account.client.get(Self.target + "?limit=10&offset=5")
        #expect(list.status == 200)
        #expect(list.text.hasPrefix(#"{"items":["#))
        #expect(list.text.hasSuffix(#"],"total":23,"limit":10,"offset":5,"has_more":true}"#))
        #expect(try (list.member("items") as? [Any])?.count == 10)
        #expect(try list.string("items[0].status") == "queued")
        #expect(try account.client.get(Self.target).member("has_more") as? Bool == false)
        for query in ["?limit=0", "?limit=1001", "?offset=-1"] {
            #expect(try account.client.get(Self.target + query).status == 400)
        }
    }

    @Test("wait while five of the tenant run, a hundred at most, and are cancelled")
    func limits() throws {
        let source = try account.addSource(SourceRelations.contacts)
        let body = #"{"mappings": [{"connection_id": "\#(source)"}]}"#
        try occupy(waiting: 99)
        let last = try account.client.post(Self.target, json: body)
        #expect(last.status == 202)
        let refused = try account.client.post(Self.target, json: body)
        #expect(refused.status == 429)
        #expect(try refused.string("detail") == "Max queued jobs per tenant: 100")

        let id = try last.string("job_id")
        #expect(try account.client.get("\(Self.target)/\(id)").string("status") == "queued")
        let cancelled = try account.client.post("\(Self.target)/\(id)/cancel", json: "{}")
        #expect(cancelled.status == 200)
        #expect(try cancelled.string("status") == "cancelled")
        #expect(try account.client.post(Self.target, json: body).status == 202)
        // The neighbour has places of its own.
        let neighbour = try Account(on: account.server)
        let theirs = try neighbour.addSource(SourceRelations.contacts)
        let job = try neighbour.client.post(Self.target, json: #"{"mappings": [{"connection_id": "\#(theirs)"}]}"#)
        try eventually("theirs is done") {
            try neighbour.client.get("\(Self.target)/\(job.string("job_id"))").string("status") == "succeeded"
        }
    }

    @Test("are forgotten after a day")
    func forgotten() throws {
        try occupy()
        #expect(try account.client.get(Self.target).integer("total") == 5)
        let id = try #require(
            account.server.sqlValue(
                "UPDATE data.bulk_mappings SET expires_at = now() WHERE tenant_id = $1::uuid RETURNING bulk_mapping_id",
                [account.tenantID]))
        #expect(try account.client.get(Self.target).integer("total") == 0)
        #expect(try account.client.get("\(Self.target)/job-\(id)").status == 404)
    }

    static let refused = [
        ("{}", "mappings"), (#"{"mappings": []}"#, "mappings"), (#"{"mappings": {}}"#, "mappings"),
        (#"{"mappings": [{"connection_id": "x"}]}"#, "mappings[0].connection_id"),
        (
            #"{"mappings": [{"connection_id": "00000000-0000-4000-8000-00000000ffff", "fields": []}]}"#,
            "mappings[0].entity"
        ),
    ]

    @Test("of another form are refused, and what is wrong is named", arguments: refused)
    func invalid(_ body: String, _ field: String) throws {
        let response = try account.client.post(Self.target, json: body)
        #expect(response.status == 400)
        let errors = try #require(response.member("errors") as? [[String: Any]])
        #expect(errors.contains { $0["field"] as? String == field }, "\(response.text)")
        #expect(try account.client.get(Self.target + "/nonsense").status == 404)
    }
}
