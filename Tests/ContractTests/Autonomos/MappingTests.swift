import Foundation
import Testing

@testable import PgServer

@Suite("Mappings of AutonomOS", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct MappingTests {
    private static let registry = "/api/v1/aam/intelligence/mappings"
    private static let missing = "00000000-0000-4000-8000-00000000ffff"

    private let account: Account

    init() throws { account = try Account(on: MappingServer.shared()) }

    /// The JSON of one mapped field of the registry, without the spaces between its parts.
    private func compact(_ text: String) -> String { text.replacing(/\s*([:,{}\[\]])\s*/) { String($0.1) } }

    // MARK: The registry

    @Test("are none for a new tenant, and say so")
    func empty() throws {
        let response = try account.client.get(Self.registry)
        #expect(response.status == 200)
        #expect(
            compact(response.text)
                == #"{"mappings":[],"summary":{"total":0,"autofix":0,"hitl":0,"manual":0,"pending":0,"average_confidence":null,"threshold":0.85}}"#
        )
    }

    @Test("are listed as in the contract's example, key for key, for their tenant alone")
    func listed() throws {
        for (system, field, confidence, coercion) in [
            ("salesforce", "Name", "1.0", "null"), ("hubspot", "company_name", "0.95", "\"lowercase\""),
        ] {
            let source = try account.addSource(
                #"[{"relation": "companies", "columns": [{"column": "id", "type": "text"}, {"column": "\#(field)", "type": "text"}]}]"#,
                system: system)
            let response = try account.client.post(
                "/api/v1/aam/connections/\(source)/mappings",
                json: """
                    {"entity": "account", "source_relation": "companies", "key_column": "id", "fields": [
                        {"canonical_field": "name", "vendor_field": "\(field)", "confidence": \(confidence), "coercion": \(coercion)}]}
                    """)
            #expect(response.status == 201, "\(response.text)")
        }
        let response = try account.client.get(Self.registry)
        #expect(
            compact(response.text).hasPrefix(
                #"{"mappings":[{"vendor":"hubspot","canonical_field":"account_name","vendor_field":"company_name","confidence":0.95,"coercion":"lowercase"},{"vendor":"salesforce","canonical_field":"account_name","vendor_field":"Name","confidence":1.0,"coercion":null}],"#
            ))
        #expect(try response.integer("summary.total") == 2)
        #expect(try response.integer("summary.manual") == 2)
        let page = try account.client.get(Self.registry + "?limit=1&offset=1")
        #expect(try (page.member("mappings") as? [Any])?.count == 1)
        #expect(try page.string("mappings[0].vendor") == "salesforce")
        #expect(try page.integer("summary.total") == 2)
        let neighbour = try Account(on: account.server).client.get(Self.registry)
        #expect(try neighbour.integer("summary.total") == 0)
        #expect(try account.client.get(Self.registry + "?limit=1001").status == 400)
    }

    // MARK: Those of a connection

    @Test("of a connection are made, read, changed and ended")
    func lifecycle() throws {
        let source = try account.addSource(SourceRelations.accounts)
        let target = "/api/v1/aam/connections/\(source)/mappings"
        let body = """
            {"entity": "account", "source_relation": "Account", "key_column": "Id",
             "fields": [{"canonical_field": "name", "vendor_field": "Name"}]}
            """
        let made = try account.client.post(target, json: body)
        #expect(made.status == 201, "\(made.text)")
        #expect(
            RecordStreams.keys(made.text) == [
                "id", "connection_id", "entity", "record_type", "source_relation", "key_column", "cursor_column",
                "keeps_extras", "on_removal", "status", "fields", "canonical_field", "vendor_field", "coercion",
                "confidence", "created_at", "updated_at",
            ])
        let id = try made.string("id")
        #expect(try account.client.post(target, json: body).status == 409)

        let list = try account.client.get(target)
        #expect(try list.integer("total") == 1)
        #expect(try list.string("mappings[0].id") == id)
        #expect(try list.member("has_more") as? Bool == false)

        let changed = try account.client.send(
            "PATCH", "/api/v1/aam/mappings/\(id)",
            json: #"{"fields": [{"canonical_field": "industry", "vendor_field": "Line", "coercion": ["trim", "lowercase"]}]}"#)
        #expect(changed.status == 200, "\(changed.text)")
        #expect(try changed.string("fields[0].vendor_field") == "Line")
        #expect(try changed.string("fields[1].vendor_field") == "Name")
        let unmapped = try account.client.send(
            "PATCH", "/api/v1/aam/mappings/\(id)", json: #"{"fields": [{"canonical_field": "industry", "vendor_field": null}]}"#)
        #expect(try (unmapped.member("fields") as? [Any])?.count == 1)
        #expect(try account.client.get("/api/v1/aam/mappings/\(id)").string("fields[0].canonical_field") == "name")

        let neighbour = try Account(on: account.server).client
        #expect(try neighbour.get("/api/v1/aam/mappings/\(id)").status == 404)
        #expect(try neighbour.get(target).status == 404)
        #expect(try neighbour.send("DELETE", "/api/v1/aam/mappings/\(id)").status == 404)

        #expect(try account.client.send("DELETE", "/api/v1/aam/mappings/\(id)").status == 204)
        #expect(try account.client.get("/api/v1/aam/mappings/\(id)").status == 404)
        #expect(try account.client.send("DELETE", "/api/v1/aam/mappings/\(id)").status == 404)
    }

    static let refused = [
        (#"{"entity": "account", "source_relation": "Account", "key_column": "Id"}"#, "fields"),
        (#"{"entity": "account", "source_relation": "Account", "key_column": "Id", "fields": []}"#, "fields"),
        (
            #"{"entity": "account", "source_relation": "Account", "key_column": "Id", "fields": [{"canonical_field": "colour", "vendor_field": "Name"}]}"#,
            "fields[0].canonical_field"
        ),
        (
            #"{"entity": "account", "source_relation": "Account", "key_column": "Id", "fields": [{"canonical_field": "name", "vendor_field": "Nothing"}]}"#,
            "fields[0].vendor_field"
        ),
        (
            #"{"entity": "account", "source_relation": "Account", "key_column": "Id", "fields": [{"canonical_field": "name", "vendor_field": "Name", "coercion": "explode"}]}"#,
            "fields[0].coercion"
        ),
        (
            #"{"entity": "planet", "source_relation": "Account", "key_column": "Id", "fields": [{"canonical_field": "name", "vendor_field": "Name"}]}"#,
            "entity"
        ),
        (
            #"{"entity": "account", "source_relation": "Nowhere", "key_column": "Id", "fields": [{"canonical_field": "name", "vendor_field": "Name"}]}"#,
            "source_relation"
        ),
    ]

    @Test("that cannot be are refused, and what is wrong is named", arguments: refused)
    func invalid(_ body: String, _ field: String) throws {
        let source = try account.addSource(SourceRelations.accounts)
        let response = try account.client.post("/api/v1/aam/connections/\(source)/mappings", json: body)
        #expect(response.status == 400)
        #expect(try response.string("detail") == "Invalid request body or parameters")
        let errors = try #require(response.member("errors") as? [[String: Any]])
        #expect(errors.contains { $0["field"] as? String == field }, "\(response.text)")
    }

    @Test("of no connection, or without the permission, are refused")
    func forbidden() throws {
        let body = #"{"entity": "account", "source_relation": "x", "fields": [{"canonical_field": "name", "vendor_field": "x"}]}"#
        let unknown = try account.client.post("/api/v1/aam/connections/\(Self.missing)/mappings", json: body)
        #expect(unknown.status == 404)
        #expect(try unknown.string("detail") == "Connection not found.")
        let source = try account.addSource(SourceRelations.accounts)
        let key = try account.createKey(scopes: ["audit.read"]).key
        let client = account.server.client(address: account.address, token: key)
        #expect(try client.post("/api/v1/aam/connections/\(source)/mappings", json: body).status == 403)
        #expect(try client.post("/api/v1/aam/connections/\(source)/suggest", json: "{}").status == 403)
        #expect(try account.stranger.get(Self.registry).status == 401)
    }

    // MARK: Suggestions

    @Test("are made by themselves where that is sure, and wait for a person where not")
    func suggested() throws {
        let source = try account.addSource(SourceRelations.contacts)
        let response = try account.client.post("/api/v1/aam/connections/\(source)/suggest", json: "{}")
        #expect(response.status == 200, "\(response.text)")
        #expect(try response.integer("applied") == 2)
        #expect(try response.integer("queued") == 1)
        #expect(try response.string("relations[0].entity") == "contact")

        let queue = try account.client.get("/api/v1/aam/intelligence/rag_queue")
        #expect(
            RecordStreams.keys(queue.text).filter { $0 != "like" && $0 != "name" && $0 != "type" } == [
                "suggestions", "id", "connection_id", "vendor", "relation", "entity", "vendor_field", "canonical_field",
                "confidence", "coercion", "status", "evidence", "relation", "drift_event_id", "mapping_id", "failure",
                "reason", "created_at", "decided_at", "total", "limit", "offset", "has_more",
            ])
        #expect(try queue.string("suggestions[0].vendor_field") == "MainContactNumber")
        #expect(try queue.string("suggestions[0].canonical_field") == "contact_phone")
        let confidence = try #require(queue.member("suggestions[0].confidence") as? Double)
        #expect(confidence >= 0.3 && confidence < 0.85)

        let accepted = try account.client.post(
            "/api/v1/aam/intelligence/rag_queue/\(queue.string("suggestions[0].id"))/accept", json: "{}")
        #expect(accepted.status == 200, "\(accepted.text)")
        #expect(try accepted.string("status") == "accepted")
        let registry = try account.client.get(Self.registry)
        #expect(try registry.integer("summary.autofix") == 2)
        #expect(try registry.integer("summary.hitl") == 1)
        #expect(try registry.integer("summary.pending") == 0)
        let decided = try account.client.get("/api/v1/aam/intelligence/rag_queue?status=accepted&connection_id=\(source)")
        #expect(try decided.integer("total") == 1)

        // The tenant's next source has been learned for.
        let next = try account.addSource(SourceRelations.contacts)
        let second = try account.client.post("/api/v1/aam/connections/\(next)/suggest", json: #"{"relation": "Contact"}"#)
        #expect(try second.integer("applied") == 3)
        #expect(try second.integer("queued") == 0)
    }

    @Test("are corrected with the right field, or rejected, once")
    func decided() throws {
        let source = try account.addSource(SourceRelations.contacts)
        _ = try account.client.post("/api/v1/aam/connections/\(source)/suggest", json: "{}")
        let target = try "/api/v1/aam/intelligence/rag_queue/\(account.suggestion("MainContactNumber"))"
        let neighbour = try Account(on: account.server).client
        #expect(try neighbour.post(target + "/accept", json: "{}").status == 404)
        for (body, field) in [
            (#"{"canonical_field": "contact_colour"}"#, "canonical_field"), (#"{"coercion": "explode"}"#, "coercion"),
            (#"{"key_column": "Nothing"}"#, "key_column"),
        ] {
            let response = try account.client.post(target + "/accept", json: body)
            #expect(response.status == 400)
            #expect(try response.string("errors[0].field") == field)
        }
        let corrected = try account.client.post(
            target + "/accept", json: #"{"canonical_field": "contact_title", "coercion": "uppercase", "reason": "it is no number"}"#)
        #expect(corrected.status == 200, "\(corrected.text)")
        #expect(try corrected.string("canonical_field") == "contact_title")
        #expect(try corrected.string("coercion") == "uppercase")
        #expect(try corrected.string("reason") == "it is no number")
        for verb in ["accept", "reject"] {
            let again = try account.client.post("\(target)/\(verb)", json: "{}")
            #expect(again.status == 409)
            #expect(try again.string("detail") == "This suggestion is no longer pending: it is accepted.")
        }

        let next = try Account(on: account.server)
        let other = try next.addSource(SourceRelations.contacts)
        _ = try next.client.post("/api/v1/aam/connections/\(other)/suggest", json: "{}")
        let rejected = try next.client.post(
            "/api/v1/aam/intelligence/rag_queue/\(next.suggestion("MainContactNumber"))/reject", json: #"{"reason": "no"}"#)
        #expect(try rejected.string("status") == "rejected")
        #expect(try next.client.post("/api/v1/aam/connections/\(other)/suggest", json: "{}").integer("queued") == 0)
    }

    @Test("are asked for in vain where nothing was discovered, or nothing is of that name")
    func nothingToSuggest() throws {
        let blank = try account.addSource(nil)
        let undiscovered = try account.client.post("/api/v1/aam/connections/\(blank)/suggest", json: "{}")
        #expect(undiscovered.status == 409)
        #expect(try undiscovered.string("detail") == "This connection has not been discovered yet.")
        let source = try account.addSource(SourceRelations.contacts)
        let wrong = try account.client.post("/api/v1/aam/connections/\(source)/suggest", json: #"{"relation": "Nothing"}"#)
        #expect(wrong.status == 400)
        #expect(try account.client.post("/api/v1/aam/connections/\(Self.missing)/suggest", json: "{}").status == 404)
        #expect(try account.client.get("/api/v1/aam/intelligence/rag_queue?status=nonsense").status == 400)
        #expect(
            try account.client.post("/api/v1/aam/intelligence/rag_queue/\(Self.missing)/accept", json: "{}").status == 404)
    }

    // MARK: Repairs

    @Test("that drift broke are counted by what became of them")
    func repairs() throws {
        let target = "/api/v1/aam/intelligence/repair_metrics"
        let before = try account.client.get(target)
        #expect(
            RecordStreams.keys(before.text) == [
                "days", "drift_events", "detected", "auto_repaired", "queued", "repaired", "rejected", "ignored",
                "auto_repair_rate", "average_confidence", "average_repair_seconds", "by_type", "by_source", "queue",
                "pending", "oldest_at",
            ])
        #expect(try before.integer("drift_events") == 0)
        #expect(try before.member("auto_repair_rate") == nil)

        let source = try account.addSource(SourceRelations.contacts)
        _ = try account.client.post("/api/v1/aam/connections/\(source)/suggest", json: "{}")
        try account.server.sql(
            """
            INSERT INTO data.drift_events (
                tenant_id, connection_id, version, event_type, relation, field, new_field, old_schema, new_schema, confidence)
            SELECT $1::uuid, $2::uuid, 1, 'field_renamed', 'Contact', d.field, d.new_field, '{}', '{}', d.confidence
            FROM (VALUES
                ('Email', 'MainContactNumber', 0.9), ('FirstName', 'MainContactNumber', 0.4), ('x', 'y', 0.8)
            ) AS d (field, new_field, confidence)
            """, [account.tenantID, source])
        let became = try account.sql(
            "SELECT data.repair_drift(drift_event_id) FROM data.drift_events ORDER BY confidence DESC")
        #expect(became == [["auto_repaired"], ["detected"], ["queued"]])
        let after = try account.client.get(target + "?days=1")
        #expect(try after.integer("drift_events") == 3)
        #expect(try after.integer("auto_repaired") == 1)
        #expect(try after.integer("queued") == 1)
        #expect(try after.integer("detected") == 1)
        #expect(try after.member("auto_repair_rate") as? Double == 0.5)
        #expect(try after.string("by_type[0].event_type") == "field_renamed")
        #expect(try after.string("by_source[0].connection_id") == source)
        for days in ["0", "366", "x"] { #expect(try account.client.get("\(target)?days=\(days)").status == 400) }
    }

    // MARK: Switched off

    @Test("are not served while AAM_MODELS_AVAILABLE is false")
    func switchedOff() throws {
        let server = try IdentityServer.fresh(environment: ["AAM_MODELS_AVAILABLE": "false"])
        defer { server.stop() }
        let client = try Account(on: server).client
        for (method, path, body) in [
            ("GET", Self.registry, nil), ("GET", "/api/v1/aam/intelligence/rag_queue", nil),
            ("GET", "/api/v1/aam/intelligence/repair_metrics", nil),
            ("POST", "/api/v1/aam/intelligence/rag_queue/\(Self.missing)/accept", "{}"),
            ("POST", "/api/v1/aam/intelligence/rag_queue/\(Self.missing)/reject", "{}"),
            ("POST", "/api/v1/aam/connections/\(Self.missing)/suggest", "{}"),
            ("GET", "/api/v1/aam/connections/\(Self.missing)/mappings", nil),
            (
                "POST", "/api/v1/aam/connections/\(Self.missing)/mappings",
                #"{"entity": "account", "source_relation": "x", "fields": []}"#
            ),
            ("GET", "/api/v1/aam/mappings/\(Self.missing)", nil),
            ("PATCH", "/api/v1/aam/mappings/\(Self.missing)", #"{"fields": []}"#),
            ("DELETE", "/api/v1/aam/mappings/\(Self.missing)", nil), ("GET", "/api/v1/bulk-mappings", nil),
            ("POST", "/api/v1/bulk-mappings", #"{"mappings": []}"#),
            ("GET", "/api/v1/bulk-mappings/job-\(Self.missing)", nil),
            ("DELETE", "/api/v1/bulk-mappings/job-\(Self.missing)", nil),
        ] as [(String, String, String?)] {
            let response = try client.send(method, path, json: body)
            #expect(response.status == 503, "\(method) \(path)")
            #expect(try response.string("detail") == "AAM models not configured")
        }
    }
}
