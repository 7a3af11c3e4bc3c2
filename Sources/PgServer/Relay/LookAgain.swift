/// When the sequencer looks at the log without being told to.
///
/// Few of the transactions that write events notify, so one that commits just after a look would wait for the poll.
/// While transactions are under way the sequencer therefore looks again, soon at first and then less often.
struct LookAgain {
    /// After this, unless something is known to be under way. It also keeps the session of an idle sequencer alive.
    static let pollInterval = Duration.seconds(1)
    static let pauseFirst = Duration.milliseconds(1)
    static let pauseLongest = Duration.milliseconds(128)

    private var pause = Self.pauseFirst

    /// Something happened: what is under way now will probably end soon.
    mutating func reset() { pause = Self.pauseFirst }

    /// The pause after a look.
    ///
    /// - Parameters:
    ///   - foundEvents: Whether this look has numbered any.
    ///   - isPending: Whether any transaction was under way during this look.
    mutating func next(foundEvents: Bool, isPending: Bool) -> Duration {
        if foundEvents { reset() }
        guard isPending else {
            reset()
            return Self.pollInterval
        }
        let next = pause
        pause = min(pause * 2, Self.pauseLongest)
        return next
    }
}
