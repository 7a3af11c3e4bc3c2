import Testing

@testable import PgServer

/// Generated from the catalog: a route that is new tomorrow is tested tomorrow. (Streams, which do not end, have
/// ``StreamAccessTests`` and ``GeneralStreamTests``.)
@Suite("Every GET route", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct NeighbourRouteTests {
    private static let routes: [String] = {
        guard let server = try? Neighbours.shared().server else { return [] }
        let rows = try? server.sql(
            """
            SELECT r.path FROM api.routes AS r WHERE r.method = 'GET' AND r.kind = 'function'
            AND NOT EXISTS (SELECT FROM api.streams AS s WHERE s.route_id = r.route_id) ORDER BY r.path
            """)
        return rows?.compactMap { $0[0] } ?? []
    }()

    /// Every id that the first tenant's rows are known by.
    private static let ids = Result {
        let neighbours = try Neighbours.shared()
        return try neighbours.server.sql(
            """
            SELECT DISTINCT v.id FROM (
                SELECT tenant_id::text FROM auth.tenants WHERE tenant_id = $1::uuid
                UNION ALL SELECT user_id::text FROM auth.memberships WHERE tenant_id = $1::uuid
                UNION ALL SELECT session_id::text FROM auth.sessions WHERE tenant_id = $1::uuid
                UNION ALL SELECT api_key_id::text FROM auth.api_keys WHERE tenant_id = $1::uuid
                UNION ALL SELECT connection_id::text FROM data.connections WHERE tenant_id = $1::uuid
                UNION ALL SELECT slug FROM data.connections WHERE tenant_id = $1::uuid
                UNION ALL SELECT mapping_id::text FROM data.mappings WHERE tenant_id = $1::uuid
                UNION ALL SELECT sync_run_id::text FROM data.sync_runs WHERE tenant_id = $1::uuid
            ) AS v (id)
            """, [neighbours.first.tenantID]
        ).compactMap { $0[0] }
    }

    /// The route's path with each of the ids in each of its parameters' places.
    private static func targets(_ path: String) throws -> [String] {
        guard path.contains("{") else { return [path, "\(path)?limit=1000", "\(path)?per_page=100&page=1"] }
        return try ids.get().map { path.replacing(/\{[^}]*\}/, with: $0) }
    }

    @Test("is found")
    func found() { #expect(Self.routes.contains("/api/v1/dcl/views/accounts")) }

    @Test("shows a second tenant nothing of the first", arguments: routes)
    func silent(_ path: String) throws {
        let neighbours = try Neighbours.shared()
        let key = try neighbours.second.createKey(scopes: ["audit.read"]).key
        for target in try Self.targets(path) {
            for token in [neighbours.second.token, key, nil] {
                let client = neighbours.server.client(token: token)
                let response = try client.get(target)
                #expect(response.status != 500 && response.status != 429, "\(target): \(response.text)")
                // What a caller wrote itself may come back in an error; what the first tenant wrote may not.
                let told = response.text.replacing(target, with: "")
                #expect(!told.contains(Neighbours.mark), "\(target): \(response.text)")
                #expect(!told.contains(neighbours.first.tenantID) || target.contains(neighbours.first.tenantID))
                for field in response.headers { #expect(!field.value.contains(Neighbours.mark), "\(field)") }
            }
        }
    }

    @Test("that lists records shows the first tenant its own: the silence above is the policies'")
    func control() throws {
        let neighbours = try Neighbours.shared()
        for view in ["accounts", "opportunities", "contacts", "golden-contacts"] {
            let path = "/api/v1/dcl/views/\(view)"
            let own = try neighbours.first.client.get(path)
            #expect(own.text.contains(Neighbours.mark))
            #expect(try own.integer("meta.total") == 1)
            let others = try neighbours.second.client.get(path)
            #expect(try others.integer("meta.total") == 1)
        }
    }

    @Test("with a parameter made to provoke an error names nothing of the first tenant", arguments: routes)
    func provoked(_ path: String) throws {
        let neighbours = try Neighbours.shared()
        for value in ["0", "-1", "999999999999", "x", "%27", "%00", "%C3%28", "1e400"] {
            let target = path.replacing(/\{[^}]*\}/, with: value) + "?limit=\(value)&offset=\(value)&page=\(value)"
            let response = try neighbours.server.client(token: neighbours.second.token).get(target)
            #expect(response.status < 500 && response.status != 429, "\(target): \(response.text)")
            #expect(!response.text.contains(Neighbours.mark), "\(target): \(response.text)")
        }
    }
}
