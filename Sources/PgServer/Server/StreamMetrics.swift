/// What one reactor counted of its streams.
struct StreamMetrics: Sendable {
    /// A stream as metrics name it.
    struct Name: Hashable, Sendable {
        let route: String
        let transport: String
    }

    /// Open now.
    var listeners: [Name: Int] = [:]
    var opened: UInt64 = 0
    var frames: UInt64 = 0
    var byteCount: UInt64 = 0
    /// From an event's writing to its hand-over to a socket.
    var lag = Histogram()
    var closedSlow: UInt64 = 0
    /// Listeners that went on from where they had been.
    var resumed: UInt64 = 0
    /// Pages of history read for listeners.
    var replayPages: UInt64 = 0
    var replayFailures: UInt64 = 0
    /// Listeners that were told that history between was gone.
    var historyLost: UInt64 = 0
    var limitRefused: UInt64 = 0
    /// Events that a stream could not show.
    var framesFailed: UInt64 = 0

    mutating func add(_ other: StreamMetrics) {
        listeners.merge(other.listeners, uniquingKeysWith: +)
        opened += other.opened
        frames += other.frames
        byteCount += other.byteCount
        lag.add(other.lag)
        closedSlow += other.closedSlow
        resumed += other.resumed
        replayPages += other.replayPages
        replayFailures += other.replayFailures
        historyLost += other.historyLost
        limitRefused += other.limitRefused
        framesFailed += other.framesFailed
    }
}
