internal import Synchronization

/// The reports of all reactors for one reading of the metrics. Each reactor counts for itself, without a lock; only a
/// reader pays for bringing the counts together.
final class MetricsCollection: Sendable {
    struct Report: Sendable {
        var requests = RequestMetrics()
        var fastPool = PoolMetrics()
        var slowPool = PoolMetrics()
        var streams = StreamMetrics()
        /// From the worker alone.
        var worker: WorkerReport?
    }

    private let reports = Mutex<[Report]>([])
    private let expectedCount: Int
    private let requester: Mailbox<FrontendMessage>

    /// - Parameter requester: is told when the last report has come in.
    init(expectedCount: Int, requester: Mailbox<FrontendMessage>) {
        self.expectedCount = expectedCount
        self.requester = requester
    }

    func add(_ report: Report) {
        let isComplete = reports.withLock { reports in
            reports.append(report)
            return reports.count == expectedCount
        }
        if isComplete { requester.post(.collected(self)) }
    }

    var all: [Report] { reports.withLock { $0 } }
}
