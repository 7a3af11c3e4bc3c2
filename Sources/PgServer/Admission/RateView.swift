/// One reactor's way to the counters: remembers cells, so that the usual request takes no lock and allocates nothing.
struct RateView: ~Copyable {
    /// Most cells remembered. Past it the view forgets all and asks again; the counts themselves are in the cells.
    static let cellCountMax = 10_000

    private let registry: RateRegistry
    private var cells: [RateKey: RateCell] = [:]

    init(_ registry: RateRegistry) {
        self.registry = registry
    }

    /// Counts one request and says whether it may pass. A refused request costs nothing.
    ///
    /// - Parameter nowMilliseconds: Unix time.
    mutating func charge(_ choice: RatePolicies.Choice, at nowMilliseconds: Int64) -> RateDecision {
        let key = RateKey(policyID: choice.policy.id, subject: choice.subject)
        if let decision = cells[key]?.charge(choice.policy.rule, at: nowMilliseconds) { return decision }
        let (cell, decision) = registry.charge(key, choice.policy, at: nowMilliseconds)
        if cells.count >= Self.cellCountMax { cells.removeAll(keepingCapacity: true) }
        cells[key] = cell
        return decision
    }
}

@available(*, unavailable)
extension RateView: Sendable {}
