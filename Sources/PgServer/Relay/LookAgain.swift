/// When the sequencer looks at the log without being told to.
///
/// Few of the transactions that write events notify, so one that commits just after a look would wait for the poll.
/// While transactions are under way the sequencer therefore looks again, soon at first and then less often.
struct LookAgain {
    /// After this, unless something is known to be under way. It also keeps the session of an idle sequencer alive.
    static let pollInterval = Duration.seconds(1)
    static let pauseFirst = Duration.milliseconds(1)
    static let pauseLongest = Duration.milliseconds(128)
    /// Least time between two looks however often somebody notifies, and the same under load. A look costs hardly more
    /// for some dozens of events than for one, and what it costs the writers do without: so the more have come at
    /// once, the longer they may gather.
    static let restShortest = Duration.milliseconds(1)
    static let restLongest = Duration.milliseconds(4)
    /// Events found by one look that make for one millisecond.
    static let eventsPerMillisecond = 8

    private var pause = Self.pauseFirst
    /// How long after the last look the next one may begin.
    private(set) var rest = Self.restShortest

    /// Something happened: what is under way now will probably end soon.
    mutating func reset() { pause = Self.pauseFirst }

    /// The pause after a look.
    ///
    /// - Parameters:
    ///   - foundCount: Events that this look has numbered or read.
    ///   - isPending: Whether any transaction was under way during this look.
    mutating func next(foundCount: Int, isPending: Bool) -> Duration {
        let gathering = Duration.milliseconds(foundCount / Self.eventsPerMillisecond)
        rest = min(max(gathering, Self.restShortest), Self.restLongest)
        if foundCount > 0 { reset() }
        guard isPending else {
            reset()
            return Self.pollInterval
        }
        let next = max(pause, rest)
        pause = min(pause * 2, Self.pauseLongest)
        return next
    }
}
