/// How many jobs of one queue are in one state, and how old the oldest is, as SQL tells it.
struct JobMetric: Sendable {
    let queue: String
    let state: String
    let count: Int
    let oldestSeconds: Int?

    /// Most rows taken: each is a sample for every reading of the metrics.
    static let rowCountMax = 1024

    /// Rows without these columns tell nothing.
    static func read(_ rows: borrowing QueryResult) -> [JobMetric] {
        guard let queue = rows.column(named: "queue"), let state = rows.column(named: "state"),
            let count = rows.column(named: "job_count"), let oldest = rows.column(named: "oldest_seconds")
        else { return [] }
        var metrics: [JobMetric] = []
        for row in 0..<min(rows.rowCount, rowCountMax) {
            guard let name = rows.string(row: row, column: queue), let state = rows.string(row: row, column: state),
                let count = rows.number(row: row, column: count)
            else { continue }
            metrics.append(
                JobMetric(
                    queue: name, state: state, count: count, oldestSeconds: rows.number(row: row, column: oldest)))
        }
        return metrics
    }
}

extension JobMetric {
    var labels: [(String, String)] { [("queue", queue), ("state", state)] }
}
