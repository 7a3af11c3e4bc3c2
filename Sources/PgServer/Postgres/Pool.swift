/// One thread's connections to PostgreSQL: some for short calls, some for slow ones.
///
/// Not `Sendable`: it lives on its event loop's thread, as do the transactions given to it, and takes no lock. Only
/// the ``Canceller`` is shared. Call ``stop()`` before letting go of it: the loop still holds its connections.
final class Pool {
    private let fast: Lane
    private let slow: Lane
    private let loop: any EventLoop
    private var inspection: TimerID?

    /// Time between two looks for what waits or runs too long. Limits are kept to within this.
    static let inspectionInterval = Duration.milliseconds(50)

    init(configuration: PoolConfiguration, loop: any EventLoop, canceller: Canceller) {
        self.loop = loop
        fast = Lane(
            connectionCount: configuration.fastConnectionCount,
            readConnectionCount: configuration.fastReadConnectionCount, depthMax: configuration.fastDepthMax,
            configuration: configuration, loop: loop, canceller: canceller)
        slow = Lane(
            connectionCount: configuration.slowConnectionCount,
            readConnectionCount: configuration.slowConnectionCount, depthMax: configuration.slowDepthMax,
            configuration: configuration, loop: loop, canceller: canceller)
    }

    /// Begins to connect, and connects again whenever a connection is lost, until ``stop()``.
    func start() {
        fast.start()
        slow.start()
    }

    /// Answers everything unfinished with `.stopping` and closes the connections. To drain first, submit no more
    /// and wait until ``metrics`` shows nothing in flight or waiting.
    func stop() {
        if let inspection { loop.cancel(inspection) }
        inspection = nil
        fast.stop()
        slow.stop()
    }

    /// Runs a transaction. Its owner is answered once, possibly before this returns.
    func submit(_ transaction: Transaction) {
        guard case .idle = transaction.state else { preconditionFailure("a transaction is submitted once at a time") }
        lane(of: transaction).submit(transaction)
        inspectLater()
    }

    /// The client has gone: nobody is answered. Out of the queue at once; a running query is cancelled, its
    /// neighbours on the connection are not harmed; a write may have been committed all the same.
    func cancel(_ transaction: Transaction) {
        lane(of: transaction).cancel(transaction)
    }

    /// Ends a transaction early. Unlike with ``cancel(_:)`` the owner is answered: with `57014` if the statement was
    /// cancelled, or with what came of it if it was over by then.
    func interrupt(_ transaction: Transaction) {
        lane(of: transaction).interrupt(transaction)
    }

    /// For a catalog reload: frees all prepared statements, without disturbing what is in flight.
    func forgetStatements() {
        fast.forgetStatements()
        slow.forgetStatements()
    }

    var metrics: (fast: PoolMetrics, slow: PoolMetrics) { (fast.currentMetrics, slow.currentMetrics) }

    /// True if at least one connection of each class serves.
    var isReady: Bool { fast.currentMetrics.connectionsReady > 0 && slow.currentMetrics.connectionsReady > 0 }

    /// What the last failed connection said, for the log.
    var lastConnectionError: String? { fast.lastConnectionError ?? slow.lastConnectionError }

    private func lane(of transaction: Transaction) -> Lane {
        transaction.connectionClass == .fast ? fast : slow
    }

    /// Keeps the rounds going while there is anything to look after.
    private func inspectLater() {
        guard inspection == nil, !(fast.isQuiet && slow.isQuiet) else { return }
        inspection = loop.schedule(after: Self.inspectionInterval) { [weak self] in
            guard let self else { return }
            inspection = nil
            fast.inspect()
            slow.inspect()
            inspectLater()
        }
    }
}
