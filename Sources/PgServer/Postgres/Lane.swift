/// The connections of one class and the transactions that wait for them.
final class Lane {
    var metrics = PoolMetrics()
    /// What the last failed connection said, for the log. It may name hosts and users.
    private(set) var lastConnectionError: String?

    private let configuration: PoolConfiguration
    private let loop: any EventLoop
    private let canceller: Canceller
    private var slots: [ConnectionSlot] = []
    /// How many of the slots, the first ones, are for reads.
    private let readSlotCount: Int
    private var waiting: WaitingQueue
    private var pausing: [Transaction] = []
    private var isStopped = false
    private var generator = SystemRandomNumberGenerator()
    /// Connections that hold back what they send until the turn ends.
    private var corked: [PipelinedConnection] = []

    /// - Parameter readConnectionCount: so many of the connections are for reads, the others for writes.
    init(
        connectionCount: Int, readConnectionCount: Int, depthMax: Int, configuration: PoolConfiguration,
        loop: any EventLoop, canceller: Canceller
    ) {
        precondition(connectionCount > 0 && depthMax > 0)
        precondition(readConnectionCount > 0 && readConnectionCount <= connectionCount)
        readSlotCount = readConnectionCount
        self.configuration = configuration
        self.loop = loop
        self.canceller = canceller
        waiting = WaitingQueue(countMax: configuration.waitingCountMax)
        slots = (0..<connectionCount).map { _ in
            ConnectionSlot(configuration: configuration) { [unowned self] in
                PipelinedConnection(lane: self, configuration: configuration, depthMax: depthMax, loop: loop)
            }
        }
    }

    func start() { for slot in slots { slot.open() } }

    /// Closes everything and answers everybody.
    func stop() {
        isStopped = true
        for slot in slots { slot.close(on: loop) }
        while let transaction = waiting.takeFirst() { end(transaction, .stopping) }
        for transaction in pausing {
            endPause(of: transaction)
            end(transaction, .stopping)
        }
    }

    // MARK: In

    func submit(_ transaction: Transaction) {
        guard !isStopped else { return end(transaction, .stopping) }
        if waiting.isEmpty, let connection = connection(for: transaction) {
            if connection.send(transaction) { return }
            returnAfterRefusal(transaction)
            return dispatch()
        }
        transaction.state = .waiting(since: loop.now)
        if !waiting.append(transaction) { end(transaction, .queueFull) }
    }

    /// Sends what waits, as far as connections are free.
    func dispatch() {
        while let first = waiting.first, let connection = connection(for: first) {
            _ = waiting.takeFirst()
            if !connection.send(first) { returnAfterRefusal(first) }
        }
    }

    /// Forgets a transaction whose client has gone. It gets no answer.
    func cancel(_ transaction: Transaction) {
        switch transaction.state {
        case .idle: return
        case .waiting:
            waiting.remove(transaction)
            drop(transaction)
        case .pausing:
            endPause(of: transaction)
            drop(transaction)
        case .inFlight(let connection):
            transaction.isAbandoned = true
            transaction.owner = nil
            connection.cancelIfUnwanted(with: canceller)
        }
    }

    /// Ends a transaction whose owner waits to be told how it ended.
    func interrupt(_ transaction: Transaction) {
        switch transaction.state {
        case .idle: return
        case .waiting:
            waiting.remove(transaction)
            endInterrupted(transaction)
        case .pausing:
            endPause(of: transaction)
            endInterrupted(transaction)
        case .inFlight(let connection):
            transaction.isInterrupted = true
            connection.cancelIfUnwanted(with: canceller)
        }
    }

    func forgetStatements() { for slot in slots { slot.connection?.forgetStatements() } }

    /// Reads keep to as few connections as they can: those then carry several in a round trip, and PostgreSQL wakes fewer
    /// processes. (Measured with 64 and with 8 clients: an eighth more point reads a second, and a lower 99th percentile.)
    /// Writes take others, so that no read waits for their commits to reach the disk. Where nobody reads they spread
    /// over all, since commits that wait together are written together. Neither waits while any connection has room.
    private func connection(for transaction: Transaction) -> PipelinedConnection? {
        let own = transaction.isReadOnly ? 0..<readSlotCount : readSlotCount..<slots.count
        let others = transaction.isReadOnly ? readSlotCount..<slots.count : 0..<readSlotCount
        let joined = transaction.isReadOnly ? shared(own) : nil
        guard let best = joined ?? leastLoaded(own) else { return leastLoaded(others) }
        if transaction.isReadOnly || best.inFlight.isEmpty { return best }
        guard let other = leastLoaded(others, withoutReads: true), other.inFlight.count < best.inFlight.count else {
            return best
        }
        return other
    }

    /// The fullest of the connections where nothing but reads is in flight and one more would wait for a moment at most.
    private func shared(_ range: Range<Int>) -> PipelinedConnection? {
        var best: PipelinedConnection?
        for index in range {
            guard let connection = slots[index].connection, !connection.inFlight.isEmpty,
                connection.readsInFlight == connection.inFlight.count, connection.isAvailable,
                connection.expectedWait < configuration.readSharingWait
            else { continue }
            if let other = best, other.inFlight.count >= connection.inFlight.count { continue }
            best = connection
        }
        return best
    }

    private func leastLoaded(_ range: Range<Int>, withoutReads: Bool = false) -> PipelinedConnection? {
        var best: PipelinedConnection?
        for index in range {
            guard let connection = slots[index].connection, connection.isAvailable else { continue }
            if connection.inFlight.isEmpty { return connection }
            if withoutReads && connection.readsInFlight > 0 { continue }
            if let other = best, other.inFlight.count <= connection.inFlight.count { continue }
            best = connection
        }
        return best
    }

    // MARK: Corking

    /// Has the connection let go of what it sends when this turn's events have been handled.
    func uncorkLater(_ connection: PipelinedConnection) {
        if corked.isEmpty {
            _ = loop.schedule(after: .zero) { [weak self] in
                guard let self else { return }
                for connection in corked { connection.uncork() }
                corked.removeAll(keepingCapacity: true)
            }
        }
        corked.append(connection)
    }

    // MARK: Out

    func becameReady(_ connection: PipelinedConnection) {
        metrics.connects += 1
        slots.first { $0.connection === connection }?.becameReady()
        dispatch()
    }

    /// The transaction committed.
    func finished(_ transaction: Transaction, _ answer: consuming Answer) {
        metrics.transactions += 1
        if transaction.isAbandoned { return drop(transaction) }
        release(transaction)?.answered(transaction, answer)
    }

    /// The transaction was rolled back.
    func finished(_ transaction: Transaction, _ failure: SQLFailure, _ recovery: Recovery) {
        if transaction.isAbandoned { return drop(transaction) }
        switch transaction.isInterrupted ? .answer : recovery {
        case .prepareAgain:
            transaction.attempts.afterStalePlan += 1
            metrics.stalePlanRetries += 1
            putBack(transaction)
        case .runAgain:
            transaction.attempts.afterNeighbour += 1
            metrics.neighbourRetries += 1
            putBack(transaction)
        case .pause where pausing.count < configuration.waitingCountMax:
            transaction.attempts.afterConflict += 1
            metrics.conflictRetries += 1
            pause(transaction, attempt: transaction.attempts.afterConflict)
        case .giveUp:
            end(transaction, .disturbed)
        case .answer, .pause:
            metrics.transactions += 1
            metrics.errors += 1
            release(transaction)?.answered(transaction, .failed(failure))
        }
    }

    /// A connection has ended. What was on it goes elsewhere if that is safe.
    func lost(
        _ connection: PipelinedConnection, orphans: [Submission], wasReady: Bool, isHung: Bool,
        because reason: String
    ) {
        if wasReady { metrics.connectionsLost += 1 } else { metrics.connectFailures += 1 }
        lastConnectionError = reason
        if !isStopped {
            slots.first { $0.connection === connection }?.reopenLater(on: loop, using: &generator)
        }
        var ended: [Transaction] = []
        for (position, orphan) in orphans.enumerated() {
            guard case .transaction(let transaction) = orphan.work else { continue }
            if transaction.isAbandoned {
                drop(transaction)
            } else if maySurviveLoss(transaction), !(isHung && position == 0) {
                transaction.attempts.afterLoss += 1
                metrics.lossRetries += 1
                // The other connections may be as dead, as after a restart, and only not know it yet.
                pause(transaction, attempt: transaction.attempts.afterLoss)
            } else {
                ended.append(transaction)
            }
        }
        for transaction in ended {
            let reason: Unavailability.Reason = isStopped ? .stopping : isHung ? .backendHung : .connectionLost
            end(transaction, reason, mayHaveCommitted: !transaction.isReadOnly)
        }
        dispatch()
    }

    private func maySurviveLoss(_ transaction: Transaction) -> Bool {
        !isStopped && (transaction.isReadOnly || transaction.isGuarded)
            && transaction.attempts.afterLoss < Recovery.lossRetriesMax
            && pausing.count < configuration.waitingCountMax
    }

    // MARK: Watching

    var isQuiet: Bool {
        waiting.isEmpty && pausing.isEmpty
            && slots.allSatisfy { slot in
                guard let connection = slot.connection else { return true }
                return connection.inFlight.isEmpty && !connection.isCancelling
            }
    }

    /// The regular round: who waited too long, which connection hangs, whose client has gone.
    func inspect() {
        for transaction in waiting.takeThose(waitingSince: loop.now - configuration.queueTimeout) {
            end(transaction, .waitedTooLong)
        }
        for slot in slots {
            slot.connection?.inspect()
            slot.connection?.cancelIfUnwanted(with: canceller)
        }
        dispatch()
    }

    /// Counters and gauges together.
    var currentMetrics: PoolMetrics {
        var current = metrics
        current.waiting = waiting.count + pausing.count
        for slot in slots {
            current.inFlight += slot.connection?.inFlight.count ?? 0
            switch slot.connection?.phase {
            case .connecting, .settingUp: current.connectionsConnecting += 1
            case .ready: current.connectionsReady += 1
            case .closed, nil: current.connectionsDown += 1
            }
        }
        return current
    }

    // MARK: Endings

    private func putBack(_ transaction: Transaction) {
        transaction.state = .waiting(since: loop.now)
        waiting.putBack(transaction)
    }

    private func pause(_ transaction: Transaction, attempt: Int) {
        var backoff = Backoff(first: configuration.retryPauseFirst, longest: configuration.retryPauseLongest)
        for _ in 1..<attempt { _ = backoff.next(using: &generator) }
        pausing.append(transaction)
        let timer = loop.schedule(after: backoff.next(using: &generator)) { [weak self] in
            guard let self else { return }
            endPause(of: transaction)
            putBack(transaction)
            dispatch()
        }
        transaction.state = .pausing(timer)
    }

    private func endPause(of transaction: Transaction) {
        if case .pausing(let timer) = transaction.state { loop.cancel(timer) }
        pausing.removeAll { $0 === transaction }
    }

    /// libpq did not take it, so PostgreSQL cannot commit it. The connection is closed already.
    private func returnAfterRefusal(_ transaction: Transaction) {
        guard !isStopped, transaction.attempts.afterLoss < Recovery.lossRetriesMax else {
            return end(transaction, .connectionLost)
        }
        transaction.attempts.afterLoss += 1
        metrics.lossRetries += 1
        putBack(transaction)
    }

    private func end(_ transaction: Transaction, _ reason: Unavailability.Reason, mayHaveCommitted: Bool = false) {
        metrics.unavailable += 1
        let unavailability = Unavailability(
            reason: reason, retryAfter: configuration.retryAfter, mayHaveCommitted: mayHaveCommitted)
        release(transaction)?.answered(transaction, .unavailable(unavailability))
    }

    private func endInterrupted(_ transaction: Transaction) {
        metrics.transactions += 1
        metrics.errors += 1
        let failure = SQLFailure(sqlState: "57014", message: "cancelled before it was sent")
        release(transaction)?.answered(transaction, .failed(failure))
    }

    private func drop(_ transaction: Transaction) {
        metrics.abandoned += 1
        _ = release(transaction)
    }

    /// Gives the transaction back to its owner, who may use it again at once.
    private func release(_ transaction: Transaction) -> (any TransactionOwner)? {
        let owner = transaction.owner
        transaction.owner = nil
        transaction.state = .idle
        transaction.isAbandoned = false
        transaction.isInterrupted = false
        transaction.attempts = Transaction.Attempts()
        return owner
    }
}
