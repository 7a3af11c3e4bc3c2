import CLibpq
import Foundation

@testable import PgServer

/// The throw-away database of the live tests, and a plain connection to look at it from outside.
final class LiveDatabase {
    static let target = ProcessInfo.processInfo.environment["TEST_DATABASE_URL"]

    private let raw: OpaquePointer?
    let schema = "pool_\(UInt32.random(in: .min ... .max))"

    init() {
        raw = PQconnectdb(Self.target ?? "")
        execute("SET client_min_messages = error; CREATE SCHEMA \(schema); SET search_path = \(schema)")
    }

    deinit {
        execute("DROP SCHEMA \(schema) CASCADE")
        PQfinish(raw)
    }

    /// Runs SQL from outside the pool; the first field of the first row, if there is one.
    @discardableResult
    func execute(_ sql: String) -> String? {
        let result = PQexec(raw, sql)
        defer { PQclear(result) }
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK: return nil
        case PGRES_TUPLES_OK: return PQntuples(result) == 0 ? nil : PQgetvalue(result, 0, 0).map { String(cString: $0) }
        default: fatalError("\(sql): \(String(cString: PQerrorMessage(raw)))")
        }
    }
}
