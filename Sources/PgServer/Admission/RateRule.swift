/// The arithmetic of one policy, as a cell needs it.
struct RateRule: Equatable, Sendable {
    private enum Kind: Equatable, Sendable {
        /// GCRA: the time one request costs, and the time a full bucket holds, in nanoseconds.
        case bucket(interval: UInt64, capacity: UInt64)
        /// Windows on the wall clock, in seconds, and the requests let through in each.
        case window(seconds: UInt64, allowance: UInt64)
    }

    private let kind: Kind
    private let limitCount: Int

    static let nanosecondsPerSecond: UInt64 = 1_000_000_000
    private static let nanosecondsPerMillisecond: UInt64 = 1_000_000
    private static let millisecondsPerSecond: UInt64 = 1000

    /// - Throws: `.invalidPolicy` for numbers out of bounds, or a bucket of capacity 0.
    init(_ policy: RatePolicy) throws(AdmissionError) {
        let invalid = AdmissionError.invalidPolicy(dialect: policy.dialect, rateClass: policy.rateClass)
        guard (1...RatePolicy.countMax).contains(policy.limitCount), (0...RatePolicy.countMax).contains(policy.burst),
            (1...RatePolicy.windowSecondsMax).contains(policy.windowSeconds),
            (policy.selectorClaim == nil) == (policy.selectorValue == nil)
        else { throw invalid }
        limitCount = policy.limitCount
        switch policy.kind {
        case .bucket:
            // Rounded down: whoever keeps to the stated rate must never be refused.
            let interval = UInt64(policy.windowSeconds) * Self.nanosecondsPerSecond / UInt64(policy.limitCount)
            let (capacity, isOverflow) = interval.multipliedReportingOverflow(by: UInt64(policy.burst))
            guard policy.burst > 0, !isOverflow, capacity < UInt64.max / 4 else { throw invalid }
            kind = .bucket(interval: interval, capacity: capacity)
        case .window:
            kind = .window(seconds: UInt64(policy.windowSeconds), allowance: UInt64(policy.limitCount + policy.burst))
        }
    }

    /// Whether a cell in this state knows nothing that a fresh one would not, to any reactor: another may still go by
    /// a clock it read ``clockSpreadMilliseconds`` ago.
    func isIdle(_ state: UInt64, at nowMilliseconds: Int64) -> Bool {
        let earliest = UInt64(max(0, nowMilliseconds - Self.clockSpreadMilliseconds))
        return switch kind {
        case .bucket: state <= earliest * Self.nanosecondsPerMillisecond
        case .window(let seconds, _): state >> 32 < earliest / Self.millisecondsPerSecond / seconds
        }
    }

    static let clockSpreadMilliseconds: Int64 = 1000

    /// One request at a cell in `state`: the decision and the cell's next state, the same if it is refused.
    func charge(_ state: UInt64, at nowMilliseconds: Int64) -> (state: UInt64, decision: RateDecision) {
        switch kind {
        case .bucket(let interval, let capacity):
            let now = UInt64(nowMilliseconds) * Self.nanosecondsPerMillisecond
            return chargeBucket(state, interval, capacity, at: now)
        case .window(let seconds, let allowance):
            let now = UInt64(nowMilliseconds) / Self.millisecondsPerSecond
            return chargeWindow(state, seconds, allowance, atSecond: now)
        }
    }

    /// The state is the theoretical arrival time: when the bucket will be full again.
    private func chargeBucket(
        _ state: UInt64, _ interval: UInt64, _ capacity: UInt64, at now: UInt64
    ) -> (state: UInt64, decision: RateDecision) {
        // Never further ahead than an empty bucket, or a clock set back would shut a caller out.
        let fullAt = min(max(state, now), now + capacity)
        let isAllowed = fullAt + interval <= now + capacity
        let nextFullAt = isAllowed ? fullAt + interval : fullAt
        let left = (now + capacity - nextFullAt) / interval
        let wait = isAllowed ? 0 : fullAt + interval - (now + capacity)
        let decision = decision(
            isAllowed, left: left, resetSecond: Self.roundedUp(nextFullAt, to: Self.nanosecondsPerSecond),
            retryAfterSeconds: Self.roundedUp(wait, to: Self.nanosecondsPerSecond))
        return (nextFullAt, decision)
    }

    /// The state is the window's number in the high half and the requests in it in the low half.
    private func chargeWindow(
        _ state: UInt64, _ seconds: UInt64, _ allowance: UInt64, atSecond now: UInt64
    ) -> (state: UInt64, decision: RateDecision) {
        // Reactors read the clock one after another, so another may be in the next window already: it is the one
        // that counts. A window further ahead comes from a clock that was set back, and is forgotten.
        let current = now / seconds
        let isNextWindow = state >> 32 == current + 1
        let window = isNextWindow ? current + 1 : current
        let count = state >> 32 == window ? state & 0xFFFF_FFFF : 0
        let end = (window + 1) * seconds
        let isAllowed = count < allowance
        let nextCount = isAllowed ? count + 1 : count
        let decision = decision(
            isAllowed, left: allowance - nextCount, resetSecond: end, retryAfterSeconds: isAllowed ? 0 : end - now)
        return (isAllowed ? window << 32 | nextCount : state, decision)
    }

    private func decision(
        _ isAllowed: Bool, left: UInt64, resetSecond: UInt64, retryAfterSeconds: UInt64
    ) -> RateDecision {
        RateDecision(
            isAllowed: isAllowed, limit: limitCount, remaining: min(limitCount, Int(left)),
            resetUnixSeconds: Int64(resetSecond), retryAfterSeconds: Int(retryAfterSeconds))
    }

    private static func roundedUp(_ value: UInt64, to unit: UInt64) -> UInt64 { (value + unit - 1) / unit }
}
