/// What the relay's thread tells of itself.
struct RelayMetrics: Sendable {
    /// Whether its connection hears notifications.
    var isListening = false
    /// Whether this process numbers the events of all.
    var isSequencer = false
    /// When it last knew that it had seen everything there was.
    var lastLook: ContinuousClock.Instant?
    /// Connections made after the first.
    var reconnects: UInt64 = 0
    /// Conditions that events are matched with.
    var interestCount = 0

    /// Numbered by this process, and read after another one had numbered them.
    var eventsNumbered: UInt64 = 0
    var eventsRead: UInt64 = 0
    var framesRendered: UInt64 = 0
    /// Events that a stream chose not to show.
    var framesHidden: UInt64 = 0
    var framesFailed: UInt64 = 0
    /// How often a reactor was told to read from history what the relay had to leave out.
    var leftOut: UInt64 = 0

    /// From the writing of an event, by PostgreSQL's clock, to the moment this process had it numbered.
    var numberedLag = Histogram()
    /// And to the moment its frames were with the reactors; of events with listeners.
    var handedOverLag = Histogram()
}
