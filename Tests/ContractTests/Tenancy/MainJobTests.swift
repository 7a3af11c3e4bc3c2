import Foundation
import Testing

@testable import PgServer

@Suite("A connected source", .enabled(if: TestCluster.isAvailable, "make test provides the database"), .serialized)
struct MainJobTests {
    let server: RunningServer
    let account: Account

    /// The demonstration's source, made once.
    private static let source = Result { try DemonstrationSource(named: "contract") }

    init() throws {
        server = try IdentityServer.shared()
        account = try Account(on: server)
        try Self.source.get().connect(account)
    }

    /// Every record of a list, page by page.
    private func all(_ entity: String, limit: Int) throws -> [[String: Any]] {
        var records: [[String: Any]] = []
        while true {
            let page = try account.client.get("/api/v1/dcl/views/\(entity)?limit=\(limit)&offset=\(records.count)")
            guard page.status == 200, let data = try page.member("data") as? [[String: Any]] else {
                throw TestFailure(page.text)
            }
            #expect(try page.integer("meta.offset") == records.count)
            #expect(try page.integer("meta.limit") == limit)
            #expect(try page.integer("meta.count") == data.count)
            records += data
            if try page.integer("meta.total") <= records.count { return records }
            guard !data.isEmpty else { throw TestFailure("the pages end before the total") }
        }
    }

    private func total(_ entity: String) throws -> Int {
        try account.client.get("/api/v1/dcl/views/\(entity)?limit=1").integer("meta.total")
    }

    private func connectionID() throws -> String {
        let id = try account.sql("SELECT connection_id FROM data.connections").first?.first ?? nil
        return try #require(id)
    }

    private func text(_ value: Any?) -> String? {
        switch value {
        case let text as String: text
        case let number as NSNumber: String(number.doubleValue)
        default: nil
        }
    }

    @Test("is read through REST, page by page, exactly as its tenant's BI login reads it")
    func sameRows() throws {
        let login = try BILogin(server: server, tenant: account.tenantID, label: "main job")
        let connection = try BlockingConnection(conninfo: login.url)

        let accounts = try all("accounts", limit: 97)
        #expect(accounts.count > 1000)
        let accountRows = try connection.rows(
            """
            SELECT account_id, account_name, account_type, industry, owner_id, status, connection_id, source_system
            FROM bi.accounts
            """)
        let accountFields = [
            "account_id", "name", "type", "industry", "owner_id", "status", "source_connection_id", "source_system",
        ]
        #expect(Set(accounts.map { row in accountFields.map { row[$0] as? String } }) == Set(accountRows))
        #expect(accountRows.count == accounts.count)

        let opportunities = try all("opportunities", limit: 333)
        #expect(opportunities.count > 2000)
        let opportunityRows = try connection.rows(
            """
            SELECT opportunity_id, account_id, opportunity_name, stage, amount::float8, close_date, owner_id
            FROM bi.opportunities
            """)
        let opportunityFields = [
            "opportunity_id", "account_id", "name", "stage", "amount", "close_date", "owner_id",
        ]
        let amountColumn = 4
        let readByLogin = opportunityRows.map { row in
            row.enumerated().map { $0 == amountColumn ? $1.flatMap { Double($0) }.map { String($0) } : $1 }
        }
        #expect(Set(opportunities.map { row in opportunityFields.map { text(row[$0]) } }) == Set(readByLogin))
        #expect(opportunityRows.count == opportunities.count)

        // In the order of the contract: newest first.
        let created = accounts.compactMap { $0["created_at"] as? String }
        #expect(created == created.sorted(by: >))
    }

    @Test("is read again from where reading stopped: what changed, what is new, and nothing else")
    func incremental() throws {
        let source = try Self.source.get()
        let before = try total("accounts")
        let name = "Renamed \(Subprocess.nextNumber())"
        let number = 100_000 + Subprocess.nextNumber()
        try source.run(
            """
            UPDATE public.companies SET company_name = '\(name)', modified_at = now() WHERE id = 7;
            INSERT INTO public.companies (id, company_name, created_at, modified_at)
            VALUES (\(number), 'New \(name)', now(), now());
            """)
        try source.connect(account)
        #expect(try total("accounts") == before + 1)
        let names = try all("accounts", limit: 1000).compactMap { $0["name"] as? String }
        #expect(names.filter { $0 == name }.count == 1)
        #expect(names.filter { $0 == "New \(name)" }.count == 1)
        let run = try account.sql(
            """
            SELECT rows_inserted, rows_updated, rows_read < 100 FROM data.sync_runs
            WHERE entity = 'account' ORDER BY started_at DESC LIMIT 1
            """)
        #expect(run == [["1", "1", "t"]])
    }

    @Test("that is read in a transaction which is undone leaves total and records as they were")
    func rolledBack() throws {
        let source = try Self.source.get()
        let before = try total("accounts")
        let number = 100_000 + Subprocess.nextNumber()
        try source.run(
            """
            INSERT INTO public.companies (id, company_name, created_at, modified_at)
            VALUES (\(number), 'Undone', now(), now());
            """)
        let connection = try BlockingConnection(conninfo: server.databaseURL)
        try connection.run("BEGIN")
        try account.become(on: connection)
        let result = try connection.rows("SELECT data.sync($1::uuid) ->> 'rows_inserted'", [try connectionID()])
        #expect(result == [["1"]])
        #expect(try total("accounts") == before)
        try connection.run("ROLLBACK")
        #expect(try total("accounts") == before)
        #expect(try all("accounts", limit: 1000).count == before)
        try source.connect(account)
        #expect(try total("accounts") == before + 1)
    }

    @Test("that is read twice at once is counted once")
    func concurrent() async throws {
        let source = try Self.source.get()
        let before = try total("opportunities")
        let number = 100_000 + 10 * Subprocess.nextNumber()
        try source.run(
            """
            INSERT INTO public.deals (id, title, created_at, modified_at)
            SELECT \(number) + n, 'Deal ' || n, now(), now() FROM generate_series(1, 5) AS n;
            """)
        let id = try connectionID()
        let account = account
        let outcomes = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    do {
                        return try account.sql("SELECT data.sync($1::uuid) ->> 'status'", [id]).first?[0] ?? ""
                    } catch let error as PostgresError { return error.failure.message }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.contains { $0 == "succeeded" || $0 == "partial" }, "\(outcomes)")
        for outcome in outcomes { #expect(["succeeded", "partial", "connection_busy"].contains(outcome)) }
        #expect(try total("opportunities") == before + 5)
        #expect(try all("opportunities", limit: 1000).count == before + 5)
    }
}
