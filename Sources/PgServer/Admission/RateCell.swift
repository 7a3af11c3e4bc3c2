import Synchronization

/// What one subject has used of one policy: a single word that all reactors change without a lock.
final class RateCell: Sendable {
    /// Nothing used yet.
    private static let fresh: UInt64 = 0
    /// The cell has left the registry. Neither a time nor a window ever reaches this value.
    private static let retired = UInt64.max

    // Relaxed order suffices: the word is the whole truth and guards no other memory.
    private let state = Atomic<UInt64>(RateCell.fresh)

    /// Counts one request. Nil if the cell has been retired; the subject then has, or will have, another one.
    ///
    /// - Parameter nowMilliseconds: Unix time.
    func charge(_ rule: RateRule, at nowMilliseconds: Int64) -> RateDecision? {
        precondition(nowMilliseconds >= 0)
        var seen = state.load(ordering: .relaxed)
        while seen != Self.retired {
            let (next, decision) = rule.charge(seen, at: nowMilliseconds)
            guard next != seen else { return decision }
            let (isExchanged, original) = state.weakCompareExchange(expected: seen, desired: next, ordering: .relaxed)
            if isExchanged { return decision }
            seen = original
        }
        return nil
    }

    /// Ends the cell if it holds nothing worth keeping. No request can be counted on it afterwards, so a subject
    /// never has two cells that count.
    func retire(_ rule: RateRule, at nowMilliseconds: Int64) -> Bool {
        let seen = state.load(ordering: .relaxed)
        guard seen != Self.retired, rule.isIdle(seen, at: nowMilliseconds) else { return false }
        return state.compareExchange(expected: seen, desired: Self.retired, ordering: .relaxed).exchanged
    }
}
