import Foundation
import Testing

@testable import PgServer

@Suite("Connections", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct ConnectionTests {
    private let account: Account

    static let connectorKeys = [
        "id", "name", "source_type", "status", "last_discovery_at", "mapping_count", "last_event_type", "last_event_at",
        "has_drift", "last_sync_status", "last_sync_records", "last_sync_bytes", "last_sync_at",
    ]
    private static let ownKeys = [
        "slug", "source_system", "configuration", "health", "health_checked_at", "last_error", "schema_version",
        "created_at", "updated_at",
    ]

    init() throws {
        account = try Account(on: try SourceServer.shared())
    }

    private func change(_ id: String, _ members: [String: Any]) throws -> HTTPResponse {
        try account.client.send("PATCH", "\(Account.connections)/\(id)", json: json(members))
    }

    // MARK: Lists

    @Test("are none at first, in both lists")
    func empty() throws {
        let connectors = try account.client.get("/api/v1/aam/connectors")
        #expect(connectors.status == 200)
        #expect(RecordStreams.keys(connectors.text) == ["connectors", "total"])
        #expect(try connectors.integer("total") == 0)
        let connections = try account.client.get(Account.connections)
        #expect(RecordStreams.keys(connections.text) == ["items", "total", "limit", "offset", "has_more"])
    }

    @Test("are listed by name, key for key as the contract has connectors, and pages of them with their configuration")
    func lists() throws {
        _ = try account.connect("Salesforce Production", "salesforce", configuration: ["instance": "acme.example"])
        let id = try account.connect("FilesSource Demo", "filesource")
        _ = try account.connect("MongoDB Production", "mongodb")
        let connectors = try account.client.get("/api/v1/aam/connectors")
        #expect(
            RecordStreams.keys(connectors.text)
                == ["connectors"] + Self.connectorKeys + Self.connectorKeys + Self.connectorKeys + ["total"])
        #expect(try connectors.string("connectors[0].id") == id)
        #expect(try connectors.string("connectors[0].name") == "FilesSource Demo")
        #expect(try connectors.string("connectors[1].source_type") == "mongodb")
        #expect(try connectors.string("connectors[2].status") == "PENDING")
        #expect(try connectors.integer("connectors[2].mapping_count") == 0)
        #expect(try connectors.member("connectors[2].has_drift") as? Bool == false)
        for name in ["last_discovery_at", "last_event_type", "last_event_at"] + Self.connectorKeys.suffix(4) {
            #expect(try connectors.member("connectors[2].\(name)") == nil, "nothing has happened yet: \(name)")
        }
        #expect(try connectors.integer("total") == 3)

        let page = try account.client.get("\(Account.connections)?limit=2&offset=1")
        #expect(try page.string("items[1].configuration.instance") == "acme.example")
        #expect(try page.string("items[1].slug") == "salesforce-production")
        #expect(try page.integer("total") == 3)
        #expect(try page.member("has_more") as? Bool == false)
        for query in ["limit=0", "limit=1001", "offset=-1", "limit=x"] {
            #expect(try account.client.get("\(Account.connections)?\(query)").status == 400, "\(query)")
        }
        // A neighbour has none of them.
        let neighbour = try Account(on: account.server)
        #expect(try neighbour.client.get("/api/v1/aam/connectors").integer("total") == 0)
        #expect(try neighbour.client.get("\(Account.connections)/\(id)").status == 404)
    }

    @Test("show what the rows of their mappings, drift and syncs say")
    func rows() throws {
        let id = try account.connect("Shop", "filesource")
        try account.bring(#"[{"id": "1", "mail": "a@b.test"}]"#, into: "people", of: id)
        #expect(try account.discover("shop").string("status") == "succeeded")
        try account.server.sql(
            """
            WITH mapping AS (
                INSERT INTO data.mappings (tenant_id, connection_id, entity, source_relation, key_column, source_columns)
                VALUES ($1::uuid, $2::uuid, 'contact', 'people', 'id', '[]') RETURNING mapping_id
            )
            INSERT INTO data.mapping_fields (tenant_id, mapping_id, canonical_field, vendor_field)
            SELECT $1::uuid, m.mapping_id, f.name, 'mail' FROM mapping AS m, (VALUES ('email'), ('title')) AS f (name)
            """, [account.tenantID, id])
        try account.server.sql(
            """
            UPDATE data.connections SET last_sync_status = 'succeeded', last_sync_records = 38, last_sync_bytes = 36376,
                last_sync_at = '2025-11-12T16:02:06Z' WHERE connection_id = $1::uuid
            """, [id])
        try account.bring(#"[{"id": "1", "mail": "a@b.test", "city": "Ulm"}]"#, into: "people", of: id, generation: 2)
        #expect(try account.discover("shop").integer("drift_found") == 1)
        let connectors = try account.client.get("/api/v1/aam/connectors")
        #expect(try connectors.string("connectors[0].status") == "ACTIVE")
        #expect(try connectors.member("connectors[0].last_discovery_at") != nil)
        #expect(try connectors.integer("connectors[0].mapping_count") == 2)
        #expect(try connectors.string("connectors[0].last_event_type") == "DRIFT_DETECTED")
        #expect(try connectors.member("connectors[0].last_event_at") != nil)
        #expect(try connectors.member("connectors[0].has_drift") as? Bool == true)
        #expect(try connectors.string("connectors[0].last_sync_status") == "succeeded")
        #expect(try connectors.integer("connectors[0].last_sync_records") == 38)
        #expect(try connectors.integer("connectors[0].last_sync_bytes") == 36376)
        #expect(try connectors.string("connectors[0].last_sync_at") == "2025-11-12T16:02:06.000000Z")
    }

    // MARK: Each

    @Test("are made, read by id or slug, changed, paused, resumed and removed")
    func life() throws {
        let made = try account.client.post(
            Account.connections, json: json(["name": "Acme CRM", "source_type": "hubspot"]))
        #expect(made.status == 201)
        #expect(RecordStreams.keys(made.text) == Self.connectorKeys + Self.ownKeys.flatMap {
            $0 == "configuration" ? [$0, "source_system"] : [$0]
        })
        let id = try made.string("id")
        #expect(try account.client.get("\(Account.connections)/acme-crm").string("id") == id)
        #expect(try account.client.get("\(Account.connections)/\(id)").string("slug") == "acme-crm")

        let changed = try change("acme-crm", ["name": "Acme", "configuration": ["instance": "eu1"]])
        #expect(changed.status == 200)
        #expect(try changed.string("name") == "Acme")
        #expect(try changed.string("slug") == "acme-crm", "addresses name it")
        #expect(try changed.string("configuration.instance") == "eu1")
        #expect(try changed.string("configuration.source_system") == "hubspot")
        #expect(try change(id, ["configuration": ["instance": NSNull()]]).member("configuration.instance") == nil)

        #expect(try account.client.post("\(Account.connections)/\(id)/pause", json: "{}").string("status") == "PAUSED")
        let refused = try account.client.post("/api/v1/aam/connectors/\(id)/discover", json: "{}")
        #expect(refused.status == 409)
        #expect(try refused.string("detail") == "This connection is paused.")
        #expect(try account.client.post("\(Account.connections)/\(id)/resume", json: "{}").string("status") == "PENDING")

        #expect(try account.client.send("DELETE", "\(Account.connections)/\(id)").status == 204)
        for gone in [id, "acme-crm", "nothing"] {
            let response = try account.client.get("\(Account.connections)/\(gone)")
            #expect(response.status == 404)
            #expect(try response.string("detail") == "Connection not found.")
        }
        #expect(try account.client.send("DELETE", "\(Account.connections)/\(id)").status == 404)
        // Its name is free again.
        #expect(try account.connect("Acme CRM", "hubspot") == id)
    }

    @Test("name every field that cannot be accepted")
    func faults() throws {
        let response = try account.client.post(
            Account.connections,
            json: json([
                "name": "—", "source_type": "postgres", "secrets": ["key": "x"],
                "configuration": ["host": 7, "port": 70_000, "user": "u", "colour": "red"],
            ]))
        #expect(response.status == 400)
        #expect(try response.string("detail") == "Invalid request body or parameters")
        let errors = try #require(try response.member("errors") as? [[String: Any]])
        #expect(
            Set(errors.compactMap { $0["field"] as? String }) == [
                "name", "configuration.host", "configuration.port", "configuration.colour", "configuration.database",
                "secrets.password", "secrets.key",
            ])
        let unknown = try account.client.post(Account.connections, json: json(["name": "A", "source_type": "oracle"]))
        #expect(unknown.status == 400)
        #expect(try unknown.string("errors[0].field") == "source_type")
        #expect(try account.client.post(Account.connections, json: "{}").status == 400)
        _ = try account.connect("A", "push")
        let twice = try account.client.post(Account.connections, json: json(["name": " a ", "source_type": "push"]))
        #expect(twice.status == 409)
        #expect(try twice.string("detail") == "A connection of this name already exists.")
    }

    @Test("lead to no address inside, and show no secret, whatever is done with them")
    func secrets() throws {
        let place: [String: Any] = ["host": "10.0.0.1", "database": "d", "user": "u"]
        let inside = try account.client.post(
            Account.connections,
            json: json([
                "name": "Inside", "source_type": "postgres", "configuration": place, "secrets": ["password": "x"],
            ]))
        #expect(inside.status == 422)
        let id = try account.connect("CRM", to: try RecordStreams.source())
        let secret = try RecordStreams.source().password
        let tested = try account.client.post("\(Account.connections)/\(id)/test", json: "{}")
        #expect(try tested.string("status") == "ACTIVE")
        #expect(try tested.integer("relations") == 3)
        #expect(try tested.member("error") == nil)
        let changed = try change(id, ["secrets": ["password": "wrong-one"]])
        #expect(try changed.string("status") == "PENDING", "it is to be tested anew")
        let failed = try account.client.post("\(Account.connections)/\(id)/test", json: "{}")
        #expect(failed.status == 200)
        #expect(try failed.string("status") == "FAILED")
        #expect(try failed.string("error.code") == "source_refused")
        let shown = try account.client.get("\(Account.connections)/\(id)")
        #expect(try shown.string("health") == "unhealthy")
        #expect(try shown.string("last_error").contains("refused"))
        for response in [tested, changed, failed, shown, try account.client.get(Account.connections)] {
            #expect(!response.text.contains(secret) && !response.text.contains("wrong-one"))
        }
    }

    @Test("are of types that say what they need")
    func types() throws {
        let response = try account.client.get("/api/v1/aam/connection-types")
        #expect(response.status == 200)
        let types = try #require(try response.member("connection_types") as? [[String: Any]])
        #expect(
            types.compactMap { $0["source_type"] as? String } == [
                "filesource", "hubspot", "mongodb", "postgres", "push", "salesforce", "supabase",
            ])
        #expect(try response.member("connection_types[3].secrets_schema.required") as? [String] == ["password"])
    }

    // MARK: Who may

    @Test("are for those who are signed in, and changed by those who may")
    func permissions() throws {
        let id = try account.connect("Files", "filesource")
        let reader = account.server.client(token: try account.createKey(scopes: ["audit.read"]).key)
        #expect(try reader.get("\(Account.connections)/\(id)").status == 200)
        for (method, path) in [
            ("POST", ""), ("PATCH", "/\(id)"), ("DELETE", "/\(id)"), ("POST", "/\(id)/test"), ("POST", "/\(id)/pause"),
            ("POST", "/\(id)/resume"),
        ] {
            let body = json(["name": "x", "source_type": "push"])
            let target = Account.connections + path
            #expect(try reader.send(method, target, json: body).status == 403, "\(method) \(path)")
            let stranger = try account.stranger.send(method, target, json: body)
            #expect(stranger.status == 401, "\(method) \(path)")
            #expect(try stranger.string("detail") == "Could not validate credentials")
        }
        #expect(try reader.post("/api/v1/aam/connectors/\(id)/discover", json: "{}").status == 403)
    }

    @Test("are not there when AAM is switched off, in the contract's words")
    func unavailable() throws {
        let server = try IdentityServer.fresh(environment: ["AAM_MODELS_AVAILABLE": "False"])
        defer { server.stop() }
        let client = try Account(on: server).client
        let paths = [
            "/api/v1/aam/connectors", Account.connections, Account.connections + "/x", "/api/v1/aam/connection-types",
            "/api/v1/aam/discovery/jobs/job-1", "/api/v1/aam/intelligence/drift_events_24h",
            Account.connections + "/x/schema", Account.connections + "/x/schema/versions",
            Account.connections + "/x/drift",
        ]
        for path in paths {
            let response = try client.get(path)
            #expect(response.status == 503, "\(path)")
            #expect(try response.string("detail") == "AAM models not configured")
        }
        for path in ["/api/v1/aam/connectors/x/discover", Account.connections + "/x/pause"] {
            #expect(try client.post(path, json: "{}").status == 503, "\(path)")
        }
    }

    @Test("are open in demo mode, in the demo tenant")
    func demoMode() throws {
        let server = try IdentityServer.fresh(environment: ["DCL_AUTH_ENABLED": "false"])
        defer { server.stop() }
        let client = server.client()
        #expect(try client.get("/api/v1/aam/connectors").integer("total") == 0)
        let made = try client.post(Account.connections, json: json(["name": "Demo", "source_type": "filesource"]))
        #expect(made.status == 201)
        #expect(try client.get("/api/v1/aam/connectors").string("connectors[0].name") == "Demo")
    }
}
