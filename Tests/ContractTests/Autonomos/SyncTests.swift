import Foundation
@preconcurrency import Glibc
import Testing

@testable import PgServer

@Suite("Syncs of AutonomOS", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct SyncTests {
    private let server: RunningServer
    private let account: Account

    init() throws {
        server = try SyncServer.shared()
        account = try Account(on: server)
    }

    /// The sync once it has ended. Watched in the database, so as not to use up what requests the tenant may make.
    private func ended(_ id: String) throws -> HTTPResponse {
        try eventually("the sync ends") {
            try server.sqlValue("SELECT finished_at FROM data.syncs WHERE sync_id = $1::uuid", [id]) != nil
        }
        return try account.client.get("/api/v1/aam/syncs/\(id)")
    }

    private func start(_ connection: String, _ mode: String? = nil) throws -> HTTPResponse {
        try account.client.post(
            "/api/v1/aam/connections/\(connection)/sync", json: mode.map { json(["mode": $0]) } ?? "{}")
    }

    /// A connection whose rows were pushed.
    private func pushed(rows: Int, by account: Account? = nil) throws -> String {
        let account = account ?? self.account
        let server = account.server
        let id = try #require(
            try server.sqlValue(
                """
                INSERT INTO data.connections (tenant_id, slug, name, connection_type, source_system, status)
                VALUES ($1::uuid, 'pushed', 'Pushed', 'push', 'push', 'ACTIVE') RETURNING connection_id
                """, [account.tenantID]))
        try server.sql(
            """
            INSERT INTO data.source_relations (tenant_id, connection_id, relation, key_field, last_row_no, row_count)
            VALUES ($1::uuid, $2::uuid, 'things', 'id', $3::int, $3::int)
            """, [account.tenantID, id, String(rows)])
        try server.sql(
            """
            INSERT INTO data.source_rows (tenant_id, connection_id, relation, generation, row_no, source_key, source_row)
            SELECT $1::uuid, $2::uuid, 'things', 1, n, n::text, jsonb_build_object(
                'id', n, 'name', 'Thing ' || n, 'size', CASE n WHEN 3 THEN 'large' ELSE n::text END)
            FROM generate_series(1, $3::int) AS n
            """, [account.tenantID, id, String(rows)])
        try server.sql(
            """
            INSERT INTO data.schema_snapshots (tenant_id, connection_id, version, relations, fingerprint)
            VALUES ($1::uuid, $2::uuid, 1, '[{"relation": "things", "columns": [{"column": "id", "type": "integer"},
                {"column": "name", "type": "text"}, {"column": "size", "type": "integer"}]}]', '\\x00')
            """, [account.tenantID, id])
        try account.sql(
            """
            SELECT data.create_mapping($1::uuid, 'record', 'things', NULL, '[
                {"canonical_field": "name", "vendor_field": "name"}, {"canonical_field": "size", "vendor_field": "size"}]',
                record_type => 'thing')
            """, [id])
        return id
    }

    @Test("run in the background, and tell how far they have come and what came of them")
    func sync() throws {
        let connection = try pushed(rows: 12)
        let answer = try start(connection)
        #expect(answer.status == 202)
        #expect(RecordStreams.keys(answer.text) == ["job_id", "sync_id", "status", "connection_id", "mode"])
        let id = try answer.string("sync_id")
        #expect(try answer.string("job_id") == "job-\(id)")
        #expect(try answer.string("status") == "queued")
        #expect(try answer.string("mode") == "incremental")
        #expect(try answer.string("connection_id") == connection)

        let sync = try ended(id)
        #expect(try sync.string("status") == "succeeded")
        for (name, number) in [
            ("rows_read", 12), ("rows_inserted", 11), ("rows_updated", 0), ("rows_unchanged", 0), ("rows_rejected", 1),
            ("rows_removed", 0), ("progress", 1),
        ] {
            #expect(try sync.integer(name) == number, "\(name)")
        }
        #expect(try sync.string("runs[0].entity") == "record")
        #expect(try sync.string("runs[0].record_type") == "thing")

        let list = try account.client.get("/api/v1/aam/connections/\(connection)/syncs?limit=1")
        #expect(try list.integer("total") == 1)
        #expect(try list.string("items[0].sync_id") == id)
        #expect(try list.member("has_more") as? Bool == false)
        let rejects = try account.client.get("/api/v1/aam/connections/\(connection)/rejects")
        #expect(try rejects.integer("total") == 1)
        #expect(try rejects.string("items[0].source_key") == "3")
        #expect(try rejects.string("items[0].faults[0].code") == "not_a_number")
        #expect(try rejects.string("items[0].row.size") == "large")

        // Read again from the start, nothing differs.
        let full = try ended(try start(connection, "full").string("sync_id"))
        #expect(try full.integer("rows_unchanged") == 11)
        #expect(try full.integer("rows_inserted") == 0)
    }

    @Test("make records that can be paged through by cursor, each once")
    func records() throws {
        let connection = try pushed(rows: 12)
        _ = try ended(try start(connection).string("sync_id"))
        let types = try account.client.get("/api/v1/dcl/record-types")
        #expect(try types.integer("total") == 1)
        #expect(try types.string("items[0].record_type") == "thing")
        #expect(
            try account.client.get("/api/v1/dcl/record-types/thing").string("fields[1].data_type") == "numeric")
        var names: [String] = []
        var cursor: String?
        repeat {
            let page = try account.client.get(
                "/api/v1/dcl/records/thing?limit=5" + (cursor.map { "&cursor=\($0)" } ?? ""))
            #expect(try page.member("success") as? Bool == true)
            #expect(try page.integer("meta.total") == 11)
            for index in 0..<(try page.integer("meta.count")) {
                names.append(try page.string("data[\(index)].fields.name"))
            }
            cursor = try page.member("meta.next_cursor") as? String
        } while cursor != nil
        #expect(names.sorted() == (1...12).filter { $0 != 3 }.map { "Thing \($0)" }.sorted())
        #expect(try account.client.get("/api/v1/dcl/records/thing?cursor=nonsense").status == 400)
        #expect(try account.client.get("/api/v1/dcl/records/nothing").status == 404)
        #expect(try account.client.get("/api/v1/dcl/records/thing?limit=1001").status == 400)
    }

    @Test("declare kinds of record, once and with known types")
    func recordTypes() throws {
        let target = "/api/v1/dcl/record-types"
        let body =
            #"{"record_type": "flight", "fields": [{"field": "carrier", "data_type": "text", "is_required": true}]}"#
        let created = try account.client.post(target, json: body)
        #expect(created.status == 201)
        #expect(RecordStreams.keys(created.text).prefix(3) == ["record_type", "title", "fields"])
        #expect(try created.string("title") == "Flight")
        #expect(try account.client.post(target, json: body).status == 409)
        for wrong in [
            #"{"record_type": "A", "fields": [{"field": "a", "data_type": "text"}]}"#,
            #"{"record_type": "a", "fields": [{"field": "a", "data_type": "money"}]}"#,
            #"{"record_type": "a", "fields": [{"field": "A", "data_type": "text"}]}"#,
            #"{"record_type": "a", "fields": [{"field": "a", "data_type": "text"}, {"field": "a", "data_type": "text"}]}"#,
            #"{"record_type": "a", "fields": []}"#, #"{"record_type": "a", "fields": ["a"]}"#,
        ] {
            #expect(try account.client.post(target, json: wrong).status == 400, "\(wrong)")
        }
    }

    @Test("are one at a time for a connection, and can be cancelled")
    func cancelled() throws {
        // Nobody works here, so the sync waits.
        let idle = try IdentityServer.fresh(environment: ["PGSERVER_WORKERS": "0"])
        defer { _ = idle.stop() }
        let account = try Account(on: idle)
        let target = "/api/v1/aam/connections/\(try pushed(rows: 3, by: account))/sync"
        let id = try account.client.post(target, json: "{}").string("sync_id")
        let second = try account.client.post(target, json: "{}")
        #expect(second.status == 409)
        #expect(try second.string("detail") == "This connection is being synchronized or changed right now.")
        let answer = try account.client.post("/api/v1/aam/syncs/\(id)/cancel", json: "{}")
        #expect(answer.status == 202)
        #expect(try answer.string("status") == "cancelled")
        #expect(try account.client.get("/api/v1/aam/syncs/\(id)").string("status") == "cancelled")
        #expect(try account.client.post("/api/v1/aam/syncs/\(id)/cancel", json: "{}").status == 409)
    }

    @Test("refuse what they cannot do, and show a neighbour nothing")
    func refused() throws {
        let connection = try pushed(rows: 3)
        #expect(try start(connection, "sideways").status == 400)
        #expect(try start("00000000-0000-4000-8000-00000000dead").status == 404)
        #expect(try start("no-such-slug").status == 404)
        let id = try start(connection).string("sync_id")
        _ = try ended(id)
        let neighbour = try Account(on: server)
        for target in [
            "/api/v1/aam/syncs/\(id)", "/api/v1/aam/connections/\(connection)/syncs",
            "/api/v1/aam/connections/\(connection)/rejects", "/api/v1/dcl/records/thing",
            "/api/v1/dcl/record-types/thing",
        ] {
            #expect(try neighbour.client.get(target).status == 404, "\(target)")
            #expect(try account.stranger.get(target).status == 401, "\(target)")
        }
        #expect(try neighbour.client.post("/api/v1/aam/syncs/\(id)/cancel", json: "{}").status == 404)
        #expect(
            try neighbour.client.post("/api/v1/aam/connections/\(connection)/sync", json: "{}").status == 404)
        try server.sql("UPDATE data.connections SET status = 'PAUSED' WHERE connection_id = $1::uuid", [connection])
        let paused = try start(connection)
        #expect(paused.status == 409)
        #expect(try paused.string("detail") == "This connection is paused.")
    }

    @Test("of a PostgreSQL go from its tables to records, and fail with its words when it is gone")
    func foreign() throws {
        let source = try DemonstrationSource(named: "sync_\(Probe.unique())")
        try source.connect(account)
        let connection = try #require(try account.sql("SELECT connection_id FROM data.connections").first?[0])
        try source.run("UPDATE public.companies SET company_name = 'Renamed', modified_at = now() WHERE id = 7")
        let sync = try ended(try start(connection).string("sync_id"))
        #expect(try sync.string("status") == "succeeded")
        #expect(try sync.integer("rows_updated") == 1)
        #expect(
            try account.sql("SELECT name FROM data.accounts WHERE source_key = '7'") == [["Renamed"]])
        try source.run("ALTER TABLE public.companies RENAME TO firms")
        let failed = try ended(try start(connection).string("sync_id"))
        #expect(try failed.string("status") == "failed")
        #expect(try failed.string("error.code") == "source_changed")
    }

    /// `make prove` does the same with 20000 rows and twenty kills of each.
    @Test("lose no row and double none, though workers and PostgreSQL are killed in the middle of them")
    func killed() throws {
        var environment = ["CHAOS_STATE": "\(try TestCluster.stateDirectory())/cluster-\(Probe.unique())"]
        for name in ["PG_BIN", "CLUSTER_USER"] { environment[name] = ProcessInfo.processInfo.environment[name] }
        let proof = try Subprocess.run(
            Project.root + "/Tests/prove/syncs.sh", ["2000", "1", Subprocess.server], environment: environment)
        #expect(proof.status == 0, "\(proof.text)")
    }
}

/// The server whose connections are synchronized.
enum SyncServer {
    static func shared() throws -> RunningServer { try result.get() }

    private static let result = Result {
        let server = try IdentityServer.fresh(environment: ["PGSERVER_WORKERS": "default:2"])
        let host = try BlockingConnection(conninfo: server.databaseURL).location.host
        try server.sql("UPDATE core.settings SET value = $1 WHERE name = 'data.allowed_hosts'", [host])
        atexit { _ = try? SyncServer.shared().stop() }
        return server
    }
}
