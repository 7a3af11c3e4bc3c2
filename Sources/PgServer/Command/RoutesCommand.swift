/// `pg-server routes`: the routing table as the database declares it.
struct RoutesCommand {
    let database: Database

    private static let headings = ["METHOD", "PATH", "FUNCTION", "AUTH", "RATE", "POOL", "DIALECT"]

    func run() throws(CommandError) -> Int32 {
        let rows = try database.rows(
            """
            SELECT route.method, route.path, route.call_name, route.auth, route.rate_class, route.pool, route.dialect
            FROM api.catalog_routes() AS route
            ORDER BY route.path, route.method
            """)
        for line in Self.table([Self.headings] + rows.map { $0.map { $0 ?? "-" } }) { print(line) }
        return 0
    }

    /// Rows with each column as wide as its widest cell.
    static func table(_ rows: [[String]]) -> [String] {
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { padded($0, to: $1) }
            return trimmingBlanks(cells.joined(separator: "  "))
        }
    }
}
