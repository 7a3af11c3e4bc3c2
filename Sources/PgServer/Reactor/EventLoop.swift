/// What a room that owns sockets needs of the thread it runs on.
///
/// Every call and every callback happens on that one thread, so nothing here is `Sendable`.
protocol EventLoop: AnyObject {
    /// Reports readiness of a descriptor, level-triggered, until ``unwatch(_:)``. Calling it again changes the
    /// interest and the handler. A hang-up or an error is reported as everything that was asked for.
    func watch(_ descriptor: Int32, for interest: Interest, _ handler: any ReadinessHandler)

    /// Ends the reports, those already collected in this turn included. Call it before the descriptor is closed.
    func unwatch(_ descriptor: Int32)

    /// Runs an action once, not earlier than after `delay`.
    func schedule(after delay: Duration, _ action: @escaping () -> Void) -> TimerID

    /// Forgets a timer. One that has run already is ignored.
    func cancel(_ timer: TimerID)

    /// The clock as read once in this turn.
    var now: ContinuousClock.Instant { get }
}

/// What a descriptor is watched for, or ready for.
struct Interest: OptionSet, Sendable {
    let rawValue: UInt8
    static let readable = Interest(rawValue: 1 << 0)
    static let writable = Interest(rawValue: 1 << 1)
    /// The peer has gone or will send no more, whatever is still unread. Part of ``readable``.
    static let peerEnd = Interest(rawValue: 1 << 2)
}

/// The owner of a watched descriptor.
protocol ReadinessHandler: AnyObject {
    func ready(_ readiness: Interest)
}

/// Names a scheduled action; never used twice.
struct TimerID: Hashable, Sendable {
    let number: UInt64
}
