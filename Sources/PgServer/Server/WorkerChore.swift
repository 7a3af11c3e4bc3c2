/// Something the worker has SQL do again and again, for all queues and tenants. Workers on other nodes do so too: SQL
/// sees to it that nothing is done twice.
final class WorkerChore {
    enum Kind: CaseIterable {
        /// Leases that have ended: their jobs wait again.
        case requeueExpired
        case runDueSchedules
        /// Events to those who have asked for them.
        case dispatchEvents
        /// What SQL knows of the queues, for ``MetricsText``.
        case readMetrics
    }

    let kind: Kind
    let statement: Statement
    let arguments: [String]
    /// Time between the end of one run and the next.
    let interval: Duration
    /// If it did this many, there is more to do at once.
    let countMax: Int?
    var isRunning = false
    /// It was asked for while it ran.
    var isDueAgain = false
    var timer: TimerID?

    static let batchCountMax = 500
    /// How long a function is not looked for again that the database does not have.
    static let absencePause = Duration.seconds(30)

    init(_ kind: Kind, lease: Duration) {
        self.kind = kind
        switch kind {
        case .requeueExpired:
            (statement, arguments, countMax) = (Statement(EngineSQL.requeueExpired), [], nil)
            interval = min(.seconds(5), lease / 3)
        case .runDueSchedules:
            (statement, countMax) = (Statement(EngineSQL.runDueSchedules), Self.batchCountMax)
            (arguments, interval) = ([String(Self.batchCountMax)], .seconds(1))
        case .dispatchEvents:
            (statement, countMax) = (Statement(EngineSQL.dispatchEvents), Self.batchCountMax)
            (arguments, interval) = ([String(Self.batchCountMax)], .seconds(1))
        case .readMetrics:
            (statement, arguments, countMax) = (Statement(EngineSQL.jobMetrics), [], nil)
            interval = .seconds(10)
        }
    }
}
