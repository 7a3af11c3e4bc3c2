import Foundation
import Testing

@testable import PgServer

@Suite("A view of records", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct ViewTests {
    private let server: RunningServer
    private let account: Account

    init() throws {
        server = try IdentityServer.shared()
        account = try Account(on: server)
        try server.sql(
            """
            INSERT INTO data.opportunities (
                tenant_id, opportunity_id, account_id, name, stage, source_system, created_at, updated_at)
            SELECT $1::uuid, 'OPP é&' || lpad(n::text, 3, '0'), 'ACC-' || n % 2, 'Deal ' || n,
                (ARRAY['Proposal', 'Closed Won', 'R&D = 100%'])[1 + n % 3], 'crm',
                timestamptz '2025-01-01' + n / 4 * interval '1 hour', timestamptz '2025-02-01' + n * interval '1 hour'
            FROM generate_series(1, 60) AS n
            """, [account.tenantID])
    }

    private func ids(_ response: HTTPResponse) throws -> [String] {
        guard let data = try response.member("data") as? [[String: Any]] else { throw TestFailure(response.text) }
        return data.compactMap { $0["opportunity_id"] as? String }
    }

    private func encoded(_ text: String) throws -> String {
        guard let encoded = text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) else {
            throw TestFailure("cannot encode \(text)")
        }
        return encoded
    }

    @Test("leaves what the filters say, and counts it")
    func filters() throws {
        let path = "/api/v1/dcl/views/opportunities"
        let cases = [
            ("stage=\(try encoded("R&D = 100%"))", 20), ("stage=Closed%20Won&account_id=ACC-1", 10), ("stage=", 60),
            ("name=Deal%207", 1), ("updated_since=2025-02-03T00:00:00Z", 13), ("source_system=erp", 0),
            ("updated_since=2025-02-03T01:00:00%2B01:00&stage=Proposal", 5), ("stage=Closed%20Won%27--", 0),
        ]
        for (query, total) in cases {
            let response = try account.client.get("\(path)?\(query)")
            #expect(response.status == 200, "\(response.text)")
            #expect(try response.integer("meta.total") == total, "\(query)")
            #expect(try response.integer("meta.count") == total, "\(query)")
            #expect(try response.names("meta") == ["total", "limit", "offset", "count"])
        }
        let malformed = try account.client.get("\(path)?source_connection_id=conn-123")
        #expect(malformed.status == 400)
        #expect(try malformed.string("errors[0].field") == "source_connection_id")
    }

    @Test(
        "is read to its end by cursor, each record once and in order, whatever comes meanwhile", arguments: [1, 7, 60])
    func cursor(_ limit: Int) throws {
        let path = "/api/v1/dcl/views/opportunities"
        let all = try ids(try account.client.get("\(path)?limit=1000"))
        #expect(all.count == 60)
        var read: [String] = []
        var cursor: String? = ""
        while let position = cursor {
            let response = try account.client.get("\(path)?limit=\(limit)&cursor=\(try encoded(position))")
            #expect(response.status == 200, "\(response.text)")
            #expect(try response.names("meta") == ["total", "limit", "offset", "count", "next_cursor"])
            #expect(try response.integer("meta.total") == 60)
            read += try ids(response)
            cursor = try response.member("meta.next_cursor") as? String
            try server.sql(
                "INSERT INTO data.opportunities (tenant_id, name) VALUES ($1::uuid, 'meanwhile')", [account.tenantID])
        }
        #expect(read == all)
    }

    @Test("shows a neighbour's cursor nothing but one's own")
    func neighbour() throws {
        let path = "/api/v1/dcl/views/opportunities"
        let cursor = try account.client.get("\(path)?limit=1&cursor=").string("meta.next_cursor")
        let neighbour = try Account(on: server)
        let response = try neighbour.client.get("\(path)?cursor=\(try encoded(cursor))")
        #expect(response.status == 200)
        #expect(try ids(response).isEmpty)
    }
}
