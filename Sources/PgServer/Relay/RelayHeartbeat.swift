/// Finds a LISTEN that is dead without a sign, by a notification to oneself.
struct RelayHeartbeat {
    enum Action: Equatable {
        case nothing
        /// Notify oneself now.
        case send
        /// The last one did not come back: the connection is to be given up.
        case giveUp
    }

    /// Silence after which a heartbeat is sent.
    static let interval = Duration.seconds(10)
    /// How long it may take to come back.
    static let patience = Duration.seconds(5)

    private var lastHeard: ContinuousClock.Instant
    private var sentAt: ContinuousClock.Instant?

    /// - Parameter now: when the connection began to listen.
    init(at now: ContinuousClock.Instant) { lastHeard = now }

    /// Any notification shows that LISTEN works.
    mutating func heard(at now: ContinuousClock.Instant) {
        lastHeard = now
        sentAt = nil
    }

    mutating func next(at now: ContinuousClock.Instant) -> Action {
        if let sentAt { return now - sentAt > Self.patience ? .giveUp : .nothing }
        guard now - lastHeard > Self.interval else { return .nothing }
        sentAt = now
        return .send
    }
}
