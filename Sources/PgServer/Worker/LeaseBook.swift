/// Until when the jobs held are ours, and which leases are to be extended.
struct LeaseBook {
    /// How long a lease lasts from its beginning, or from its last extension.
    let length: Duration
    private var renewals: [String: ContinuousClock.Instant] = [:]

    init(length: Duration) {
        precondition(length > .zero)
        self.length = length
    }

    /// How old a lease is when it is extended.
    var renewalAge: Duration { length / 3 }
    /// Time between two looks for such; so no lease gets older than half its length, if PostgreSQL answers.
    var inspectionInterval: Duration { length / 6 }

    var count: Int { renewals.count }

    /// - Parameter instant: when PostgreSQL was asked for it, not when it answered.
    mutating func hold(_ id: String, since instant: ContinuousClock.Instant) { renewals[id] = instant }

    mutating func release(_ id: String) { renewals[id] = nil }

    /// The leases that are to be extended now.
    func due(at now: ContinuousClock.Instant) -> [String] {
        renewals.filter { now - $0.value >= renewalAge }.map(\.key)
    }

    var all: [String] { Array(renewals.keys) }

    /// These were extended by a request of that instant. What was released meanwhile stays so.
    mutating func renew(_ ids: some Sequence<String>, since instant: ContinuousClock.Instant) {
        for id in ids where renewals[id] != nil { renewals[id] = instant }
    }

    /// When the job may be given to somebody else; nil if it is not held.
    func end(of id: String) -> ContinuousClock.Instant? { renewals[id].map { $0 + length } }
}
