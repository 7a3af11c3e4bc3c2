/// One attempt under way.
///
///     calling ──────────── answered ───────────────────────▶ over
///        │                                                     ▲
///        └──── failed outside of SQL's sight ──▶ recording ────┤
///     performing ──outcome──▶ finishing ───────────────────────┘
final class JobRun: TransactionOwner {
    enum Phase {
        /// SQL runs the job's function.
        case calling
        /// The effect is being performed; the number names it.
        case performing(UInt64)
        /// SQL is told the outcome of the effect.
        case finishing(EffectOutcome)
        /// SQL is told of a failure that it did not see itself.
        case recording(Failure)
        case over
    }

    /// Why a run is ended early.
    enum Interruption {
        /// SQL says that the job is cancelled, or no longer ours; it knows which when it is told of the end.
        case cancelled
        /// The job has been claimed anew: nobody waits for this end.
        case leaseLost
        /// The worker stops, and gives the job back.
        case stopping
    }

    /// A failure as SQL records it.
    struct Failure: Equatable {
        var code: String
        var message: String

        /// SQL knows whether it was to be; otherwise it counts as no failure.
        static let cancelled = Failure(code: "interrupted", message: "It was cancelled while it ran.")
        static let timeout = Failure(code: "timeout", message: "It ran longer than it may and was stopped.")
        static let connectionLost = Failure(
            code: "connection_lost", message: "The connection to PostgreSQL was lost while it ran.")

        init(code: String, message: String) { (self.code, self.message) = (code, message) }

        /// What PostgreSQL reported.
        init(_ failure: SQLFailure) { self.init(code: failure.sqlState, message: failure.message) }
    }

    let job: Job
    /// The position of its queue.
    let queue: Int
    let startedAt: ContinuousClock.Instant
    let transaction: Transaction
    var phase = Phase.calling
    var interruption: Interruption?
    var progress = ProgressGate()
    private unowned let worker: JobWorker

    init(_ job: Job, queue: Int, at now: ContinuousClock.Instant, calling statement: Statement, worker: JobWorker) {
        self.job = job
        self.queue = queue
        self.worker = worker
        startedAt = now
        transaction = Transaction(call: statement, timeout: job.timeout)
    }

    func answered(_ transaction: Transaction, _ answer: consuming Answer) { worker.answered(self, answer) }

    func noticed(_ transaction: Transaction, sqlState: String, message: String) {
        if sqlState == Self.progressState { worker.progressed(self, message) }
    }

    /// The SQLSTATE of a notice that is a report of progress.
    private static let progressState = "PT00P"
}
