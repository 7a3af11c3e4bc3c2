/// The sizes and limits of one thread's pool.
struct PoolConfiguration: Sendable {
    var connection: ConnectionConfiguration
    var fastConnectionCount = 8
    /// Most transactions on a fast connection at once. More saves round trips, and makes more wait behind a slow one.
    var fastDepthMax = 8
    var slowConnectionCount = 2
    var slowDepthMax = 1
    /// Most transactions that wait for a connection of a class.
    var waitingCountMax = 1024
    var queueTimeout = Duration.seconds(5)
    /// A connection whose running transaction takes longer gets no more: what waits then waits for the first
    /// connection that is free, not behind this one.
    var stallThreshold = Duration.milliseconds(10)
    /// A read joins others on a connection that will be free for it in about this time, rather than wake another process
    /// of PostgreSQL.
    var readSharingWait = Duration.milliseconds(2)
    /// How long past its own limit PostgreSQL may keep a transaction before the connection is given up.
    var hangGrace = Duration.seconds(5)
    /// A client that leaves has its transaction cancelled only if it has run this long: a cancel request costs
    /// PostgreSQL a process, more than a short query does.
    var cancelPatience = Duration.milliseconds(20)
    /// Time after which a cancel request without effect, such as one that came between two statements, is repeated.
    var cancelRepeatPause = Duration.seconds(1)
    /// A connection is replaced if a cancel request to it has not gone out in this time.
    var cancelTimeout = Duration.seconds(10)
    var statementCountMax = PreparedStatements.countMaxDefault
    var reconnectPauseFirst = Duration.milliseconds(50)
    var reconnectPauseLongest = Duration.seconds(5)
    /// Before a transaction runs again after a conflict or a lost connection.
    var retryPauseFirst = Duration.milliseconds(20)
    var retryPauseLongest = Duration.milliseconds(200)
    /// What a client is told to wait when there is no room.
    var retryAfter = Duration.seconds(1)

    /// How many of the fast connections are for reads; the others are for writes.
    var fastReadConnectionCount: Int { (fastConnectionCount + 1) / 2 }
}
