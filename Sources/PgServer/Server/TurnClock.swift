/// The wall clock as requests see it, with its written forms, refreshed at most once a millisecond and a second.
struct TurnClock {
    private(set) var milliseconds: Int64
    private(set) var date: [UInt8] = []
    private var dateSecond: Int64 = -1

    var seconds: Int64 { milliseconds / 1000 }

    init() {
        milliseconds = WallClock.milliseconds()
        refreshDate()
    }

    /// Reads the clock. Once a turn is enough.
    mutating func refresh() {
        milliseconds = WallClock.milliseconds()
        if seconds != dateSecond { refreshDate() }
    }

    private mutating func refreshDate() {
        dateSecond = seconds
        date.removeAll(keepingCapacity: true)
        HTTPDate.append(unixSeconds: seconds, to: &date)
    }
}
