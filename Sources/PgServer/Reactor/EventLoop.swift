/// What a descriptor is watched for, and what it turned out to be ready for.
struct Interest: OptionSet, Sendable {
    let rawValue: UInt8

    static let readable = Interest(rawValue: 1)
    static let writable = Interest(rawValue: 2)
}

/// Somebody who is told when a descriptor is ready. Readiness is level-triggered; an error or a hang-up on the
/// descriptor is reported as readable and writable, so that the next read or write meets it.
protocol ReadinessHandler: AnyObject {
    func ready(_ readiness: Interest)
}

/// Names one scheduled action. Never reused within an event loop.
struct TimerID: Hashable, Sendable {
    let rawValue: UInt64
}

/// One thread's loop over descriptors and timers, as its users see it.
protocol EventLoop: AnyObject {
    /// Watches `descriptor`; a second call for the same descriptor changes interest and handler.
    func watch(_ descriptor: Int32, for interest: Interest, _ handler: any ReadinessHandler)
    /// Forgets `descriptor`. Must come before the descriptor is closed.
    func unwatch(_ descriptor: Int32)
    func schedule(after delay: Duration, _ action: @escaping () -> Void) -> TimerID
    func cancel(_ timer: TimerID)
    /// The one clock reading of the current turn.
    var now: ContinuousClock.Instant { get }
}
