/// How a worker stops: what runs may finish, for most of the grace; then it is cancelled, and what is left goes back.
///
///     working ──stop──▶ finishing ──time is up──▶ interrupting ──time is up──▶ releasing
///                           └────────────── nothing is held ───────────────────▲
struct WorkerStop {
    enum Phase: Equatable {
        case working
        case finishing(until: ContinuousClock.Instant, last: ContinuousClock.Instant)
        case interrupting(until: ContinuousClock.Instant)
        /// What is held is given back now, whatever it does.
        case releasing
    }
    enum Action: Equatable { case nothing, interrupt, release }

    /// Shares of the grace after which jobs are cancelled, and after which they are no longer waited for.
    static let finishingShare = 0.75
    static let interruptingShare = 0.9

    private(set) var phase = Phase.working

    var isStopping: Bool { phase != .working }

    mutating func begin(at now: ContinuousClock.Instant, grace: Duration) {
        guard phase == .working else { return }
        phase = .finishing(until: now + grace * Self.finishingShare, last: now + grace * Self.interruptingShare)
    }

    /// What to do now. Each action comes once.
    mutating func advance(at now: ContinuousClock.Instant, heldCount: Int) -> Action {
        switch phase {
        case .working, .releasing: return .nothing
        case .finishing(let end, let last):
            if heldCount == 0 { return release() }
            guard now >= end else { return .nothing }
            phase = .interrupting(until: last)
            return .interrupt
        case .interrupting(let end):
            return heldCount == 0 || now >= end ? release() : .nothing
        }
    }

    /// When to ask ``advance(at:heldCount:)`` again, if nothing ends before.
    var nextLook: ContinuousClock.Instant? {
        switch phase {
        case .working, .releasing: nil
        case .finishing(let end, _), .interrupting(let end): end
        }
    }

    private mutating func release() -> Action {
        phase = .releasing
        return .release
    }
}
