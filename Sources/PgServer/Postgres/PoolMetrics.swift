/// What a pool has done since it started, and what it holds now.
struct PoolMetrics: Equatable, Sendable {
    // Now.
    var connectionsConnecting = 0
    var connectionsReady = 0
    var connectionsDown = 0
    var inFlight = 0
    var waiting = 0
    // Since the start.
    /// Answered by PostgreSQL, with rows or with an error.
    var transactions = 0
    var errors = 0
    var unavailable = 0
    var abandoned = 0
    var conflictRetries = 0
    var stalePlanRetries = 0
    var lossRetries = 0
    var neighbourRetries = 0
    var connects = 0
    var connectFailures = 0
    var connectionsLost = 0
    var cancelsSent = 0
    var cancelsRefused = 0
    var statementsPrepared = 0
    var watchdogKills = 0
}
