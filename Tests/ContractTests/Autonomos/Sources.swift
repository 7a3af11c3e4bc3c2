import Foundation

@testable import PgServer

/// A server that does jobs too, and lets connections lead to sources of these tests.
enum SourceServer {
    static func shared() throws -> RunningServer { try result.get() }

    private static let result = Result {
        let server = try CatalogServer(
            "sources", environment: IdentityServer.environment.merging(["PGSERVER_WORKERS": "default:2"]) { $1 }
        ).server
        let host = try BlockingConnection(conninfo: server.databaseURL).location.host
        try server.sql("UPDATE core.settings SET value = $1 WHERE name = 'data.allowed_hosts'", [host])
        return server
    }
}

/// What the suites of this folder do with sources, over HTTP as a client would.
extension Account {
    static let connections = "/api/v1/aam/connections"

    /// Connects a source and returns its id.
    func connect(
        _ name: String, _ type: String, configuration: [String: Any] = [:], secrets: [String: Any] = [:]
    ) throws -> String {
        let response = try client.post(
            Self.connections,
            json: json(["name": name, "source_type": type, "configuration": configuration, "secrets": secrets]))
        guard response.status == 201 else { throw TestFailure("connect: \(response.text)") }
        return try response.string("id")
    }

    /// Connects a database of the demonstration, under its own user.
    func connect(_ name: String, to source: DemonstrationSource) throws -> String {
        let place = try source.variables()
        return try connect(
            name, "postgres",
            configuration: [
                "host": place["host"] ?? "", "port": Int(place["port"] ?? "") ?? 0, "database": source.database,
                "user": source.user, "sslmode": "prefer",
            ], secrets: ["password": source.password])
    }

    /// Has the source looked at, waits until that is done, and returns what is told of it.
    ///
    /// Asks the database, not the server, whether it is done: a client may read only so often.
    func discover(_ connector: String) throws -> HTTPResponse {
        let queued = try client.post("/api/v1/aam/connectors/\(connector)/discover", json: "{}")
        guard queued.status == 202 else { throw TestFailure("discover: \(queued.text)") }
        let job = try queued.string("job_id")
        try eventually("the discovery has ended") {
            try server.sqlValue(
                "SELECT d.status FROM data.discoveries AS d WHERE 'job-' || d.discovery_id = $1", [job]) != "queued"
        }
        return try client.get("/api/v1/aam/discovery/jobs/\(job)")
    }

    /// Puts rows into a relation of files or pushed records, as if they had been sent.
    func bring(_ rows: String, into relation: String, of connection: String, generation: Int = 1) throws {
        try server.sql(
            """
            WITH rows AS (
                SELECT r.entry, r.position FROM jsonb_array_elements($4::jsonb) WITH ORDINALITY AS r (entry, position)
            ), relation AS (
                INSERT INTO data.source_relations AS s (
                    tenant_id, connection_id, relation, generation, last_row_no, row_count)
                SELECT $1::uuid, $2::uuid, $3, $5::int, count(*), count(*) FROM rows
                ON CONFLICT ON CONSTRAINT source_relations_pkey DO UPDATE
                SET generation = EXCLUDED.generation, last_row_no = EXCLUDED.last_row_no, row_count = EXCLUDED.row_count
                RETURNING s.relation
            )
            INSERT INTO data.source_rows (tenant_id, connection_id, relation, generation, row_no, source_row)
            SELECT $1::uuid, $2::uuid, l.relation, $5::int, r.position, r.entry FROM rows AS r CROSS JOIN relation AS l
            """, [tenantID, connection, relation, rows, String(generation)])
    }
}
