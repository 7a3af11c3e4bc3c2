/// One request to PostgreSQL: a context statement and a call that are committed, or not, together.
///
/// Filled by its owner, then the pool's from ``Pool/submit(_:)`` until it is answered; meanwhile nothing in it may be
/// changed. Afterwards it can be filled and submitted again, which reuses its memory.
final class Transaction {
    /// Which connections serve it: those for short calls, or those where one may take its time.
    enum Class: Sendable { case fast, slow }

    /// Sets role, tenant and limits of this transaction; its rows are dropped.
    var context: Statement?
    var contextArguments = ArgumentBuffer()
    /// Asks, once the context is set, whether the call may be made at all: it fails if not. Its rows are dropped.
    var claim: Statement?
    var claimArguments = ArgumentBuffer()
    /// The statement whose rows are the answer.
    var call: Statement
    var callArguments = ArgumentBuffer()
    var connectionClass = Class.fast
    /// The `statement_timeout` which the context sets. PostgreSQL keeps it; the watchdog relies on it.
    var timeout: Duration
    /// True if running it twice is harmless, so that it survives a lost connection.
    var isReadOnly = false
    /// True if its claim refuses a second run of what was committed, so that it survives a lost connection as well.
    var isGuarded = false
    /// True if it may run again after it was rolled back because of a conflict (40001, 40P01).
    var isRetryable = false
    /// True if its owner wants to hear what PostgreSQL says beside the answer, at the moment it says it.
    var wantsNotices = false
    /// Kept until the answer; then let go, so that owner and transaction may hold each other.
    var owner: (any TransactionOwner)?

    enum State {
        /// The owner's.
        case idle
        case waiting(since: ContinuousClock.Instant)
        /// Rolled back because of a conflict, or a read whose connection was lost; goes again when the timer runs.
        case pausing(TimerID)
        case inFlight(PipelinedConnection)
    }

    var state = State.idle
    /// The client has gone: the answer is dropped.
    var isAbandoned = false
    /// The owner wants it ended, and told how it ended.
    var isInterrupted = false
    var attempts = Attempts()

    /// How often it ran again, by cause; each cause has its limit in ``Recovery``.
    struct Attempts: Equatable {
        var afterConflict = 0
        var afterStalePlan = 0
        var afterLoss = 0
        var afterNeighbour = 0
    }

    var argumentByteCount: Int { contextArguments.bytes.count + claimArguments.bytes.count + callArguments.bytes.count }

    init(call: Statement, timeout: Duration) {
        self.call = call
        self.timeout = timeout
    }
}
