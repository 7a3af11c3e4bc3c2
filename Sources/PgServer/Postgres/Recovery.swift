/// What becomes of a transaction that PostgreSQL has rolled back. A pure table.
enum Recovery: Equatable {
    /// Tell its owner.
    case answer
    /// Run it again at once, with the statement prepared anew.
    case prepareAgain
    /// A conflict: run it again after a short, random pause.
    case pause
    /// It was hit by the cancel request meant for a neighbour: run it again at once.
    case runAgain
    /// As before, but it was hit too often.
    case giveUp

    static let conflictRetriesMax = 2
    /// For reads. Not more, since a query that crashes PostgreSQL loses its connection each time.
    static let lossRetriesMax = 2
    static let stalePlanRetriesMax = 1
    static let neighbourRetriesMax = 8
    /// PostgreSQL starts its clock when it starts a statement, we when we read the answer before it. A cancelled
    /// statement which ran at least this share of its time is taken to have run out of it.
    static let timeoutShare = 0.9

    /// What is known of the failure beside its SQLSTATE.
    struct Circumstances {
        /// The failing step executed a statement prepared earlier.
        var usedPreparedStatement = false
        /// PostgreSQL's plan cache raised it: the columns of a prepared statement have changed.
        var isStalePlan = false
        /// A cancel request went to this connection after the transaction did.
        var wasExposedToCancel = false
        var ranFor = Duration.zero
        var timeout = Duration.zero
        var isRetryable = false
        /// Its own owner wanted it cancelled.
        var isInterrupted = false
        var attempts = Transaction.Attempts()
    }

    static func decide(_ sqlState: String, _ circumstances: Circumstances) -> Recovery {
        let attempts = circumstances.attempts
        switch sqlState {
        case "26000", "0A000":  // the statement is unknown; not supported, which a changed plan is called too
            guard circumstances.usedPreparedStatement, sqlState == "26000" || circumstances.isStalePlan,
                attempts.afterStalePlan < stalePlanRetriesMax
            else { return .answer }
            return .prepareAgain
        case "40001", "40P01":  // serialization failure, deadlock
            return circumstances.isRetryable && attempts.afterConflict < conflictRetriesMax ? .pause : .answer
        case "57014":  // cancelled
            guard circumstances.wasExposedToCancel, !circumstances.isInterrupted,
                circumstances.ranFor < circumstances.timeout * timeoutShare
            else { return .answer }
            return attempts.afterNeighbour < neighbourRetriesMax ? .runAgain : .giveUp
        default:
            return .answer
        }
    }
}
