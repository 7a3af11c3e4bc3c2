import Foundation
import Testing

@testable import PgServer

@Suite("Discovery", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct DiscoveryTests {
    private let account: Account

    private static let driftKeys = [
        "id", "connection_id", "event_type", "old_schema", "new_schema", "confidence", "status", "created_at",
    ]

    init() throws {
        account = try Account(on: try SourceServer.shared())
    }

    private func drift(_ connection: String, _ query: String = "") throws -> [[String: Any]] {
        let response = try account.client.get("\(Account.connections)/\(connection)/drift\(query)")
        guard let items = try response.member("items") as? [[String: Any]] else { throw TestFailure(response.text) }
        return items
    }

    @Test("is a job, key for key as the contract has it, whose end can be asked for")
    func job() throws {
        _ = try account.connect("Salesforce Prod", "salesforce")
        let queued = try account.client.post("/api/v1/aam/connectors/salesforce-prod/discover", json: "{}")
        #expect(queued.status == 202)
        #expect(RecordStreams.keys(queued.text) == ["job_id", "status", "connector_id"])
        #expect(try queued.string("status") == "queued")
        #expect(try queued.string("connector_id") == "salesforce-prod")
        let job = try queued.string("job_id")
        #expect(job.wholeMatch(of: /job-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/) != nil)
        // The contract shows no body at all.
        #expect(try account.client.send("POST", "/api/v1/aam/connectors/salesforce-prod/discover").status == 202)

        let done = try account.discover("salesforce-prod")
        #expect(
            RecordStreams.keys(done.text) == [
                "job_id", "connector_id", "status", "progress", "message", "relations_found", "columns_found",
                "drift_found", "schema_version", "error", "created_at", "started_at", "finished_at",
            ])
        #expect(try done.string("status") == "succeeded")
        #expect(try done.integer("progress") == 1)
        #expect(try done.integer("relations_found") == 0)
        for path in [job + "0", "job-1", "x", "job-00000000-0000-4000-8000-000000000000"] {
            let missing = try account.client.get("/api/v1/aam/discovery/jobs/\(path)")
            #expect(missing.status == 404)
            #expect(try missing.string("detail") == "Discovery job not found.")
        }
        #expect(try Account(on: account.server).client.get("/api/v1/aam/discovery/jobs/\(job)").status == 404)
        let unknown = try account.client.post("/api/v1/aam/connectors/hubspot-prod/discover", json: "{}")
        #expect(unknown.status == 404)
    }

    @Test("has failed, with the reason, where the source cannot be read; cancelled jobs have too")
    func failures() throws {
        let source = try RecordStreams.source()
        let id = try account.connect("CRM", to: source)
        _ = try account.client.send(
            "PATCH", "\(Account.connections)/\(id)", json: json(["secrets": ["password": "wrong-one"]]))
        let failed = try account.discover(id)
        #expect(try failed.string("status") == "failed")
        #expect(try failed.string("error.code") == "source_refused")
        #expect(try account.client.get("\(Account.connections)/\(id)").string("status") == "FAILED")
        #expect(try account.client.get("\(Account.connections)/\(id)/schema").status == 404)

        let cancelled = UUID().uuidString.lowercased()
        try account.server.sql(
            """
            INSERT INTO data.discoveries (tenant_id, discovery_id, connection_id, job_id)
            VALUES ($1::uuid, $2::uuid, $3::uuid, 9000000000)
            """, [account.tenantID, cancelled, id])
        let job = try account.client.get("/api/v1/aam/discovery/jobs/job-\(cancelled)")
        #expect(try job.string("status") == "failed")
        #expect(try job.string("error.code") == "cancelled")
    }

    @Test("reads a database's tables, columns, types, nullability, keys and size, and finds what has changed")
    func database() throws {
        let source = try DemonstrationSource(named: "discovery")
        let id = try account.connect("CRM", to: source)
        let stream = try account.connected("/api/v1/events/stream")
        let first = try account.discover(id)
        #expect(try first.integer("relations_found") == 3)
        #expect(try first.integer("drift_found") == 0, "there was nothing before")
        let schema = try account.client.get("\(Account.connections)/\(id)/schema")
        #expect(try schema.integer("version") == 1)
        #expect(try schema.string("relations[0].relation") == "companies")
        #expect(try schema.member("relations[0].key_columns") as? [String] == ["id"])
        #expect(try schema.integer("relations[0].estimated_rows") == 1200)
        #expect(try schema.string("relations[0].columns[1].column") == "company_name")
        #expect(try schema.string("relations[0].columns[1].type") == "text")
        #expect(try schema.member("relations[0].columns[1].is_nullable") as? Bool == false)
        #expect(try #require(try schema.member("relations[0].columns[1].sample") as? [String]).count == 10)
        let people = try account.client.get("\(Account.connections)/\(id)/schema?relation=people")
        #expect(try people.string("relations[0].relation") == "people")
        #expect(try people.member("relations[1]") == nil)

        let mapping = try #require(
            try account.sql(
                """
                SELECT data.create_mapping($1::uuid, 'account', 'companies', 'id',
                    '[{"canonical_field": "name", "vendor_field": "company_name"}]'),
                    data.create_mapping($1::uuid, 'opportunity', 'deals', 'id', '[
                    {"canonical_field": "name", "vendor_field": "title"},
                    {"canonical_field": "probability", "vendor_field": "win_chance", "coercion": "percent"}]')
                """, [id]
            ).first?.first ?? nil)

        try source.run(
            """
            ALTER TABLE public.companies RENAME COLUMN company_name TO organisation;
            ALTER TABLE public.deals DROP COLUMN win_chance, ALTER COLUMN title TYPE varchar(300);
            ALTER TABLE public.people ADD COLUMN shoe_size integer;
            CREATE TABLE public.offices (id integer PRIMARY KEY, city text);
            GRANT SELECT ON public.offices TO \(source.user);
            """)
        let second = try account.discover(id)
        #expect(try second.integer("drift_found") == 5)
        #expect(try second.integer("schema_version") == 2)
        let found = try drift(id).map { entry in
            ["event_type", "relation", "field", "new_field"].map { entry[$0] as? String ?? "-" }.joined(separator: " ")
        }
        #expect(
            Set(found) == [
                "field_renamed companies company_name organisation", "field_removed deals win_chance -",
                "type_changed deals title -", "field_added people shoe_size -", "table_added offices - -",
            ])
        let renamed = try #require(try drift(id, "?event_type=field_renamed").first)
        #expect(try #require(renamed["confidence"] as? Double) > 0.85, "its place and its values have not changed")
        #expect((renamed["old_schema"] as? [String: Any])?["types"] as? [String: String] == ["company_name": "text"])
        // What is sure enough is repaired, for the rest of what is mapped a person is asked.
        #expect(renamed["status"] as? String == "auto_repaired")
        let field = try account.sql(
            "SELECT vendor_field FROM data.mapping_fields WHERE mapping_id = $1::uuid", [mapping])
        #expect(field == [["organisation"]])
        #expect(try drift(id, "?event_type=field_removed").first?["status"] as? String == "queued")
        #expect(try drift(id, "?event_type=table_added").first?["status"] as? String == "detected")
        #expect(try account.discover(id).integer("drift_found") == 0, "what is known is no drift")
        let versions = try account.client.get("\(Account.connections)/\(id)/schema/versions")
        #expect(try versions.integer("total") == 2)
        #expect(try versions.integer("items[0].drift_count") == 5)
        #expect(try account.client.get("\(Account.connections)/\(id)/schema?version=1").integer("version") == 1)
        #expect(try account.client.get("\(Account.connections)/\(id)/schema?version=9").status == 404)

        // Each relation's drift is an event of the stream, in the contract's shape.
        var told: [String: Int] = [:]
        while told.count < 4 {
            let event = try stream.next("event")
            guard try event.member("stage") as? String == "drift" else { continue }
            #expect(try event.member("source_system") as? String == "system")
            let entity = try #require(try event.member("entity") as? String)
            told[entity] = try #require(try event.member("meta") as? [String: Int])["record_count"]
        }
        #expect(told == ["Account": 1, "Opportunity": 2, "Offices": 1, "People": 1])
    }

    @Test("tells the drift of the last 24 hours key for key as the contract has it, and by source")
    func lastDay() throws {
        let none = try account.client.get("/api/v1/aam/intelligence/drift_events_24h")
        #expect(RecordStreams.keys(none.text) == ["drift_events", "by_source", "total"])
        let id = try account.connect("Files", "filesource")
        try account.bring(#"[{"name": "A", "email": "a@b.test"}]"#, into: "people", of: id)
        _ = try account.discover(id)
        try account.bring(
            #"[{"name": "A", "email": "a@b.test", "phone": "+49 731 1"}]"#, into: "people", of: id, generation: 2)
        _ = try account.discover(id)
        let response = try account.client.get("/api/v1/aam/intelligence/drift_events_24h")
        let event = try #require(try response.member("drift_events[0]") as? [String: Any])
        #expect(Set(Self.driftKeys).isSubset(of: event.keys))
        #expect(event["connection_id"] as? String == id)
        #expect(event["event_type"] as? String == "field_added")
        #expect(try response.member("drift_events[0].old_schema.fields") as? [String] == ["email", "name"])
        #expect(try response.member("drift_events[0].new_schema.fields") as? [String] == ["email", "name", "phone"])
        #expect(event["confidence"] as? Double == 1)
        #expect(event["status"] as? String == "detected")
        let time = try #require(event["created_at"] as? String)
        #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00/) != nil)
        #expect(try response.integer("by_source[0].count") == 1)
        #expect(try response.string("by_source[0].source_system") == "filesource")
        #expect(try response.member("by_source[0].event_types") as? [String: Int] == ["field_added": 1])

        let drift = try #require(event["id"] as? String)
        let ignored = try account.client.post("/api/v1/aam/drift/\(drift)/ignore", json: "{}")
        #expect(try ignored.string("status") == "ignored")
        #expect(try ignored.member("resolved_at") != nil)
        #expect(try account.client.post("/api/v1/aam/drift/\(drift)/ignore", json: "{}").status == 409)
        #expect(try Account(on: account.server).client.post("/api/v1/aam/drift/\(drift)/ignore", json: "{}").status == 404)
        #expect(try account.client.get("/api/v1/aam/connectors").member("connectors[0].has_drift") as? Bool == false)

        // Older drift is listed with its connection only.
        try account.server.sql(
            "UPDATE data.drift_events SET created_at = now() - interval '25 hours' WHERE drift_event_id = $1::uuid",
            [drift])
        #expect(try account.client.get("/api/v1/aam/intelligence/drift_events_24h").integer("total") == 0)
        #expect(try self.drift(id).count == 1)
    }

    @Test("lists drift by type, status, relation and time, and names a filter that it does not know")
    func filters() throws {
        let id = try account.connect("Files", "filesource")
        try account.bring(#"[{"a": "1"}]"#, into: "people", of: id)
        _ = try account.discover(id)
        try account.bring(#"[{"a": "x", "b": "1"}]"#, into: "people", of: id, generation: 2)
        try account.bring(#"[{"c": "1"}]"#, into: "places", of: id)
        _ = try account.discover(id)
        for (query, count) in [
            ("", 3), ("?event_type=type_changed", 1), ("?status=detected", 3), ("?status=queued", 0),
            ("?relation=people", 2), ("?since=2099-01-01T00:00:00Z", 0), ("?limit=2", 2), ("?limit=2&offset=2", 1),
            ("?event_type=table_added&relation=places", 1),
        ] {
            #expect(try drift(id, query).count == count, "\(query)")
        }
        for (query, field) in [("event_type=x", "event_type"), ("status=x", "status"), ("since=x", "since")] {
            let response = try account.client.get("\(Account.connections)/\(id)/drift?\(query)")
            #expect(response.status == 400)
            #expect(try response.string("errors[0].field") == field)
        }
    }
}
