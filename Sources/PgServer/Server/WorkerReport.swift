/// A worker's counts and what it holds now.
struct WorkerReport: Sendable {
    struct Queue: Sendable {
        let name: String
        let workers: Int
        let running: Int
        /// Claimed and not begun.
        let ready: Int
    }

    let metrics: WorkerMetrics
    let queues: [Queue]
    let jobsPool: PoolMetrics
    let enginePool: PoolMetrics
}

extension WorkerReport {
    /// Counters of each kind, in the order of names.
    var kinds: [(name: String, counters: WorkerMetrics.KindCounters)] {
        metrics.kinds.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Counters of each kind of effect, in the order of names.
    var effects: [(kind: Effect.Kind, outcomes: [JobOutcome: Int])] {
        metrics.effects.sorted { $0.key.rawValue < $1.key.rawValue }.map { ($0.key, $0.value) }
    }
}
