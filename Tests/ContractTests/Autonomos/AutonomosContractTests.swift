import Foundation
import Testing

@testable import PgServer

/// The contract of AutonomOS, row by row: who may call, what is answered, key for key as the document shows it, and the
/// document's own words where something is refused.
@Suite("The contract of AutonomOS", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct AutonomosContractTests {
    /// One row of the contract.
    struct Row: CustomTestStringConvertible, Sendable {
        var method = "GET"
        var path: String
        /// Whether a credential is asked for.
        var isOpen = false
        var body: String?
        var status = 200
        /// The document's answer.
        var example: String
        var free: Set<String> = []
        /// The limit of the row's class, requests a minute.
        var limit: Int?

        var testDescription: String { "\(method) \(path)" }
    }

    static let rows = [
        Row(
            path: "/api/v1/auth/me",
            example: """
                {"email": "dev@autonomos.dev", "id": "8ce8ea61-339d-42b7-afbe-e0938db6e381",
                 "tenant_id": "f8ab4417-86a1-4dd2-a049-ea423063850e", "created_at": "2025-11-18T16:47:27.648847"}
                """, limit: 60),
        Row(
            path: "/api/v1/dcl/views/accounts",
            example: """
                {"success": true, "data": [{
                    "account_id": "ACC-001", "name": "Acme Corporation", "type": null, "industry": "Technology",
                    "owner_id": null, "status": "active", "external_ids": {}, "extras": {"annual_revenue": 1000000},
                    "source_system": "salesforce", "source_connection_id": "conn-123",
                    "created_at": "2025-11-15T08:00:00Z", "updated_at": "2025-11-18T10:00:00Z",
                    "synced_at": "2025-11-18T10:00:00Z"}],
                 "meta": {"total": 150, "limit": 100, "offset": 0, "count": 1}}
                """, free: ["external_ids", "extras"], limit: 60),
        Row(
            path: "/api/v1/dcl/views/opportunities",
            example: """
                {"success": true, "data": [{
                    "opportunity_id": "OPP-001", "account_id": "ACC-001", "name": "Q4 Enterprise Deal",
                    "stage": "Proposal", "amount": 50000.0, "currency": "USD", "close_date": "2025-12-31",
                    "owner_id": null, "probability": 0.7, "extras": {}, "source_system": "salesforce",
                    "source_connection_id": "conn-123", "created_at": "2025-11-15T08:00:00Z",
                    "updated_at": "2025-11-18T10:00:00Z", "synced_at": "2025-11-18T10:00:00Z"}],
                 "meta": {"total": 245, "limit": 100, "offset": 0, "count": 1}}
                """, free: ["extras"], limit: 60),
        Row(
            method: "POST", path: "/api/v1/dcl/unify/run",
            example: #"{"status": "ok", "unified_contacts": 42, "links": 87}"#, limit: 30),
        // In the same style; the document has no example.
        Row(
            path: "/api/v1/dcl/views/contacts",
            example: """
                {"success": true, "data": [{
                    "contact_id": "CON-001", "account_id": "ACC-001", "email": "ada@example.com", "first_name": "Ada",
                    "last_name": "Lovelace", "phone": null, "title": null, "owner_id": null, "external_ids": {},
                    "extras": {}, "source_system": "salesforce", "source_connection_id": "conn-123",
                    "created_at": "2025-11-15T08:00:00Z", "updated_at": "2025-11-18T10:00:00Z",
                    "synced_at": "2025-11-18T10:00:00Z"}],
                 "meta": {"total": 1, "limit": 100, "offset": 0, "count": 1}}
                """, free: ["external_ids", "extras"], limit: 60),
        Row(
            path: "/api/v1/dcl/views/golden-contacts",
            example: """
                {"success": true, "data": [{
                    "golden_contact_id": "GLD-001", "email": "ada@example.com", "first_name": "Ada",
                    "last_name": "Lovelace", "phone": null, "title": null, "account_id": "ACC-001", "owner_id": null,
                    "field_sources": {"first_name": "CON-001"}, "source_systems": ["salesforce"], "contact_count": 1,
                    "created_at": "2025-11-15T08:00:00Z", "updated_at": "2025-11-18T10:00:00Z",
                    "unified_at": "2025-11-18T10:00:00Z"}],
                 "meta": {"total": 1, "limit": 100, "offset": 0, "count": 1}}
                """, free: ["field_sources"], limit: 60),
        Row(
            path: "/api/v1/dcl/source-priorities",
            example: #"{"source_priorities": [{"source_system": "salesforce", "priority": 1}]}"#, limit: 60),
        Row(
            method: "PUT", path: "/api/v1/dcl/source-priorities",
            body: #"{"source_priorities": [{"source_system": "salesforce", "priority": 1}]}"#,
            example: #"{"source_priorities": [{"source_system": "salesforce", "priority": 1}]}"#, limit: 30),
    ]

    let server: RunningServer
    let account: Account

    init() throws {
        server = try IdentityServer.shared()
        account = try Account(on: server)
    }

    /// The records of the document, in the account's tenant.
    private func addRecords() throws {
        try server.sql(
            """
            WITH connection AS (
                INSERT INTO data.connections (tenant_id, slug, name, connection_type, source_system)
                VALUES ($1::uuid, 'salesforce-prod', 'Salesforce Production', 'salesforce', 'salesforce')
                RETURNING connection_id
            ), account AS (
                INSERT INTO data.accounts (
                    tenant_id, account_id, name, industry, status, extras, source_system, source_connection_id,
                    source_relation, source_key, created_at, updated_at, synced_at)
                SELECT $1::uuid, 'ACC-001', 'Acme Corporation', 'Technology', 'active', '{"annual_revenue": 1000000}',
                    'salesforce', connection_id, 'Account', '1', '2025-11-15T08:00:00Z', '2025-11-18T10:00:00Z',
                    '2025-11-18T10:00:00Z'
                FROM connection
            ), contact AS (
                INSERT INTO data.contacts (
                    tenant_id, contact_id, account_id, email, first_name, last_name, source_system,
                    source_connection_id, source_relation, source_key, created_at, updated_at, synced_at)
                SELECT $1::uuid, 'CON-001', 'ACC-001', 'ada@example.com', 'Ada', 'Lovelace', 'salesforce',
                    connection_id, 'Contact', '1', '2025-11-15T08:00:00Z', '2025-11-18T10:00:00Z',
                    '2025-11-18T10:00:00Z'
                FROM connection
            )
            INSERT INTO data.opportunities (
                tenant_id, opportunity_id, account_id, name, stage, amount, currency, close_date, probability,
                source_system, source_connection_id, source_relation, source_key, created_at, updated_at, synced_at)
            SELECT $1::uuid, 'OPP-001', 'ACC-001', 'Q4 Enterprise Deal', 'Proposal', 50000.0, 'USD', '2025-12-31', 0.7,
                'salesforce', connection_id, 'Opportunity', '1', '2025-11-15T08:00:00Z', '2025-11-18T10:00:00Z',
                '2025-11-18T10:00:00Z'
            FROM connection
            """, [account.tenantID])
        try account.sql("SELECT data.unify()")
    }

    private func send(_ row: Row, as client: HTTPClient) throws -> HTTPResponse {
        try client.send(row.method, row.path, json: row.body)
    }

    // MARK: Every row

    @Test("is answered as the document shows it, key for key", arguments: rows)
    func answer(_ row: Row) throws {
        try addRecords()
        let response = try send(row, as: account.client)
        #expect(response.status == row.status, "\(response.text)")
        #expect(response.header("Content-Type") == "application/json")
        let example = try SeedExample(row.example, free: row.free)
        #expect(try example.differences(from: response.json()) == [])
        if let limit = row.limit { #expect(response.header("X-RateLimit-Limit") == String(limit)) }
        for name in ["X-RateLimit-Remaining", "X-RateLimit-Reset"] where row.limit != nil {
            #expect(response.header(name).flatMap { Int($0) } != nil, "\(name)")
        }
    }

    @Test("of a tenant that has nothing is answered in the same shape", arguments: rows)
    func empty(_ row: Row) throws {
        let response = try send(row, as: account.client)
        #expect(response.status == row.status, "\(response.text)")
        #expect(try SeedExample(row.example, free: row.free).differences(from: response.json()) == [])
        if row.path.contains("/views/") {
            #expect(try (response.member("data") as? [Any])?.isEmpty == true)
            #expect(try response.integer("meta.total") == 0)
        }
    }

    @Test("asks for a credential in the document's words", arguments: rows.filter { !$0.isOpen })
    func unauthenticated(_ row: Row) throws {
        for client in [server.client(), server.client(token: "nonsense"), server.client(token: "")] {
            let response = try send(row, as: client)
            #expect(response.status == 401)
            #expect(response.header("WWW-Authenticate") == "Bearer")
            #expect(try response.names() == ["detail", "status_code", "trace_id"])
            #expect(try response.string("detail") == "Could not validate credentials")
            #expect(try response.integer("status_code") == 401)
            #expect(try response.string("trace_id").wholeMatch(of: /trace-[0-9a-f-]{36}/) != nil)
        }
    }

    @Test("is in the OpenAPI document with what it answers", arguments: rows)
    func described(_ row: Row) throws {
        let document = try server.client().get("/openapi.json").json() as? [String: Any]
        let paths = try #require(document?["paths"] as? [String: Any])
        let operations = try #require(paths[row.path] as? [String: Any], "\(row.path) is not described")
        let operation = try #require(operations[row.method.lowercased()] as? [String: Any])
        let answers = try #require(operation["responses"] as? [String: Any])
        #expect(answers[String(row.status)] != nil)
        #expect(answers["401"] != nil && answers["429"] != nil && answers["503"] != nil)
    }

    // MARK: To the letter

    @Test("shows the document's account and opportunity to the letter")
    func records() throws {
        try addRecords()
        let connection = try #require(
            try server.sqlValue(
                "SELECT connection_id::text FROM data.connections WHERE tenant_id = $1::uuid", [account.tenantID]))
        for row in Self.rows where ["/accounts", "/opportunities"].contains(where: row.path.hasSuffix) {
            let example = row.example.replacing("conn-123", with: connection)
                .replacing(/"total": \d+/, with: #""total": 1"#)
            let wanted = try JSONSerialization.jsonObject(with: Data(example.utf8)) as? NSDictionary
            #expect(try account.client.get(row.path).json() as? NSDictionary == wanted)
        }
    }

    @Test("unifies 87 contacts with 42 addresses as the document says")
    func unification() throws {
        try server.sql(
            """
            INSERT INTO data.contacts (tenant_id, contact_id, email)
            SELECT $1::uuid, 'CON-' || n, 'person' || n % 42 || '@example.com' FROM generate_series(1, 87) AS n
            """, [account.tenantID])
        let wanted: NSDictionary = ["status": "ok", "unified_contacts": 42, "links": 87]
        for _ in 1...2 {
            let response = try account.client.send("POST", "/api/v1/dcl/unify/run")
            #expect(response.status == 200)
            #expect(try response.json() as? NSDictionary == wanted)
        }
    }

    @Test("registers and refuses as the document shows it")
    func registration() throws {
        let number = Subprocess.nextNumber()
        func register(_ email: String, _ name: String) throws -> HTTPResponse {
            try server.client().post(
                "/api/v1/auth/register",
                json: json(["email": email, "password": "secure_password_123", "name": name]))
        }
        let first = try register("runtime_test\(number)@example.com", "Acme Corporation \(number)")
        #expect(first.status == 201)
        let example = try SeedExample(
            """
            {"user": {"email": "runtime_test@example.com", "id": "ddccc436-7bec-4cb3-b085-9c860b480d51",
                      "tenant_id": "9497f49c-5e3b-496a-a10f-d7a5bbed1e21",
                      "created_at": "2025-11-18T16:46:53.088453Z"},
             "access_token": "eyJ…", "token_type": "bearer"}
            """)
        #expect(try example.differences(from: first.json()) == [])
        let again = try register("runtime_test\(number)@example.com", "Other \(number)")
        #expect(again.status == 400)
        #expect(try again.string("detail") == "Email already registered")
        let taken = try register("other\(number)@example.com", "Acme Corporation \(number)")
        #expect(taken.status == 400)
        #expect(
            try taken.string("detail") == "Organization name already exists. Please choose a different name.")
        // Which field it was is told besides.
        for refusal in [again, taken] {
            #expect(try refusal.names() == ["detail", "status_code", "trace_id", "errors"])
        }
    }

    @Test("signs in and refuses as the document shows it, with what the contract that shares the path adds")
    func login() throws {
        let response = try account.signIn()
        let example = try SeedExample(#"{"access_token": "eyJ…", "token_type": "bearer"}"#)
        #expect(
            try example.differences(from: response.json(), additional: ["refresh_token", "expires_in"]) == [])
        #expect(try response.string("token_type") == "bearer")
        let refused = try account.stranger.post(
            "/api/v1/auth/login", json: json(["email": account.email, "password": "another password"]))
        #expect(refused.status == 401)
        #expect(refused.header("WWW-Authenticate") == "Bearer")
        #expect(try refused.string("detail") == "Incorrect email or password")

        // Planned in the document; it shows neither request nor answer.
        let refreshed = try account.stranger.post(
            "/api/v1/auth/refresh", json: json(["refresh_token": account.refreshToken]))
        #expect(refreshed.status == 200)
        #expect(try refreshed.names() == ["access_token", "refresh_token", "token_type", "expires_in"])
    }

    // MARK: Streams and metrics

    @Test("streams a graph with the document's keys over WS /dcl, to whom it belongs")
    func graph() throws {
        try addRecords()
        try server.sql(
            """
            INSERT INTO data.mappings (tenant_id, connection_id, entity, source_relation, key_column, source_columns)
            SELECT c.tenant_id, c.connection_id, 'account', 'Account', 'Id', '[]' FROM data.connections AS c
            WHERE c.tenant_id = $1::uuid
            """, [account.tenantID])
        let socket = try WebSocketClient(port: server.port, "/dcl", token: account.token)
        let message = try socket.next(WebSocketClient.text).text
        let example = try SeedExample(
            """
            {"nodes": [{"id": "salesforce", "label": "Salesforce", "type": "source"},
                       {"id": "account", "label": "Account", "type": "entity"}],
             "edges": [{"source": "salesforce", "target": "account", "weight": 100}],
             "confidence": 0.95, "last_updated": "2025-11-18T12:00:00Z"}
            """)
        let graph = try JSONSerialization.jsonObject(with: Data(message.utf8))
        #expect(example.differences(from: graph) == [])
        let edges = (graph as? [String: Any])?["edges"] as? [[String: Any]]
        #expect(edges?.first?["source"] as? String == "salesforce-prod")
        #expect(edges?.first?["target"] as? String == "account")
        #expect(edges?.first?["weight"] as? Int == 1)
    }

    @Test("streams events with the document's keys over GET /api/v1/events/stream")
    func events() throws {
        let target = "/api/v1/events/stream?token=\(account.token)"
        let stream = try EventStream(port: server.port, target)
        let connected = try stream.next("connected")
        #expect(RecordStreams.keys(connected.data) == ["type", "ts", "tenant"])
        try account.addAccounts(["ACC-1"])
        let event = try stream.next("event")
        let example = try SeedExample(
            """
            {"id": "evt_1700308800123_4567", "ts": "2025-11-18T12:00:00.000000",
             "tenant": "9497f49c-5e3b-496a-a10f-d7a5bbed1e21", "source_system": "salesforce", "entity": "Account",
             "stage": "canonicalized", "meta": {"record_count": 42, "processing_time_ms": 123}}
            """)
        #expect(example.differences(from: try JSONSerialization.jsonObject(with: Data(event.data.utf8))) == [])
        for token in ["", "nonsense"] {
            let refused = try server.client().get("/api/v1/events/stream?token=\(token)")
            #expect(refused.status == 401)
            #expect(try refused.string("detail") == "Could not validate credentials")
        }
    }

    @Test("tells its metrics to whoever asks for them")
    func metrics() throws {
        let response = try server.client().get("/metrics")
        #expect(response.status == 200)
        #expect(response.header("Content-Type")?.hasPrefix("text/plain; version=0.0.4") == true)
        #expect(response.text.contains("# TYPE http_requests_total counter"))
    }

    // MARK: Errors and limits

    static let pages = ["accounts", "opportunities", "contacts", "golden-contacts"]

    @Test("takes limits from 1 to 1000 and offsets from 0, and names what is wrong", arguments: pages)
    func pagination(_ view: String) throws {
        let path = "/api/v1/dcl/views/\(view)"
        for query in ["limit=1", "limit=1000", "offset=0", "offset=2147483647", "limit=", "no_such_parameter=1"] {
            #expect(try account.client.get("\(path)?\(query)").status == 200, "\(query)")
        }
        let faults = [
            ("limit=0", "limit"), ("limit=1001", "limit"), ("limit=x", "limit"), ("limit=1.5", "limit"),
            ("offset=-1", "offset"), ("offset=x", "offset"), ("cursor=x", "cursor"), ("cursor=&offset=1", "offset"),
            ("updated_since=yesterday", "updated_since"),
        ]
        for (query, field) in faults {
            let response = try account.client.get("\(path)?\(query)")
            #expect(response.status == 400, "\(query)")
            #expect(try response.names() == ["detail", "status_code", "trace_id", "errors"])
            #expect(try response.integer("status_code") == 400)
            #expect(try response.string("errors[0].field") == field, "\(query)")
        }
    }

    @Test("refuses too many requests in the document's words, with the seconds to wait")
    func limits() throws {
        var refused: HTTPResponse?
        for _ in 1...200 where refused == nil {
            let response = try account.client.send("POST", "/api/v1/dcl/unify/run")
            if response.status == 429 { refused = response }
        }
        let response = try #require(refused)
        #expect(try response.names() == ["detail", "status_code", "trace_id", "retry_after"])
        let wait = try response.integer("retry_after")
        #expect(try response.string("detail") == "Rate limit exceeded. Please try again in \(wait) seconds.")
        #expect(response.header("Retry-After") == String(wait))
        #expect(response.header("X-RateLimit-Limit") == "30")
        #expect(response.header("X-RateLimit-Remaining") == "0")
    }
}
