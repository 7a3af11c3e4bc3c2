internal import Glibc

/// The thread that brings events from the log to the reactors, and numbers them for all processes if it may.
///
///     written ──▶ numbered by the sequencer ──▶ read by every relay ──▶ rendered ──▶ handed to reactors
///
/// It takes every serial once and in order, so what it hands over has no gap; where it has to leave something out it
/// tells the reactors, whose listeners then read history. Losing its connection costs time and nothing else: it goes on
/// after the last serial it handed over.
final class RelayThread {
    /// Most events numbered or read at once.
    static let eventCountMax = 1000
    /// Most frames rendered at once. With the bound of a payload it bounds what a batch takes in memory.
    static let frameCountMax = 200
    /// Notifications heard in one turn.
    static let notificationCountMax = 1000
    /// Failing frames are told of on standard error no more often than this; metrics count them all.
    static let complaintInterval = Duration.seconds(10)
    /// How often a follower tries to become the sequencer.
    static let electionInterval = Duration.seconds(1)
    /// How often what a full mailbox did not take is tried again.
    static let retryInterval = Duration.milliseconds(20)
    static let reconnectPauseFirst = Duration.milliseconds(50)
    static let reconnectPauseLongest = Duration.seconds(5)

    private let shared: SharedState
    private let backlogs: [RelayBacklog]
    private var table = InterestTable()
    /// Where to go on; nil until the first connection has fixed it.
    private var lastSerial: Int64?
    private var epoch = 0
    /// Reactors that something was kept from, and that have not been told yet.
    private var leftOut = ReactorSet()
    /// By reactor, the generation to be acknowledged.
    private var unacknowledged: [Int: UInt64] = [:]
    private var connectionCount = 0
    private var lastComplaint: ContinuousClock.Instant?

    // The state of one connection.
    private var isSequencer = false
    /// Whether this sequencer has numbered anything: only then may the log begin another epoch.
    private var hasNumbered = false
    private var lastElection: ContinuousClock.Instant?
    private var lookAgain = LookAgain()

    init(shared: SharedState) {
        self.shared = shared
        backlogs = shared.mailboxes.map { _ in RelayBacklog() }
    }

    /// Serves for as long as the process lives, or until it is told to stop.
    func run(until isStopped: () -> Bool = { false }) {
        var backoff = Backoff(first: Self.reconnectPauseFirst, longest: Self.reconnectPauseLongest)
        var generator = SystemRandomNumberGenerator()
        var lastSentence: String?
        while !isStopped() {
            do throws(RelayConnection.Failure) {
                let connection = try connect()
                try begin(connection)
                try serve(connection, until: isStopped) {
                    backoff.reset()
                    lastSentence = nil
                }
            } catch {
                isSequencer = false
                shared.updateRelay { metrics in
                    metrics.isListening = false
                    metrics.isSequencer = false
                }
                if error.sentence != lastSentence { Server.say("the relay's connection was lost: \(error.sentence)") }
                lastSentence = error.sentence
            }
            rest(backoff.next(using: &generator), until: isStopped)
        }
    }

    // MARK: Connecting

    private func connect() throws(RelayConnection.Failure) -> RelayConnection {
        let keywords: [(String, String)]
        do throws(ConfigurationError) { keywords = try shared.configuration.serverKeywords() } catch {
            throw RelayConnection.Failure(sentence: error.sentences.joined(separator: " "))
        }
        let connection = try RelayConnection(
            keywords: keywords, statementTimeout: shared.configuration.statementTimeout,
            heartbeat: "\(getpid()) \(shared.startedAtMilliseconds)")
        connectionCount += 1
        return connection
    }

    /// Finds out where to go on.
    private func begin(_ connection: RelayConnection) throws(RelayConnection.Failure) {
        let head = try connection.head()
        if let serial = lastSerial, serial > head.serial {
            leaveOut()  // an older log than the one we knew, such as one from a backup
            lastSerial = nil
        }
        if lastSerial == nil {
            lastSerial = head.serial
            epoch = head.epoch
        }
        isSequencer = false
        hasNumbered = false
        lastElection = nil
        lookAgain.reset()
        shared.updateRelay { metrics in
            metrics.isListening = true
            metrics.reconnects = UInt64(connectionCount - 1)
        }
    }

    /// The pause before another attempt. Listeners are not held up by it: interests are acknowledged, since whatever
    /// is read later will be matched with them.
    private func rest(_ pause: Duration, until isStopped: () -> Bool) {
        let deadline = ContinuousClock.now + pause
        while !isStopped() {
            let left = deadline - ContinuousClock.now
            guard left > .zero else { return }
            if lastSerial != nil, !table.isEmpty { takeInterests() }
            post()
            shared.relayWake.wait(within: isOwing ? min(left, Self.retryInterval) : left)
            shared.relayWake.clear()
        }
    }

    // MARK: One connection

    /// - Parameter looked: Called after each look, which shows that the connection is of use.
    private func serve(
        _ connection: RelayConnection, until isStopped: () -> Bool, looked: () -> Void
    ) throws(RelayConnection.Failure) {
        var heartbeat = RelayHeartbeat(at: .now)
        var lookDue = ContinuousClock.now
        while !isStopped() {
            try update(connection)
            var now = ContinuousClock.now
            if now >= lookDue {
                let pause = try look(connection)
                looked()
                now = .now
                lookDue = now + pause
            }
            switch heartbeat.next(at: now) {
            case .nothing: break
            case .send: try connection.sendHeartbeat()
            case .giveUp: throw RelayConnection.Failure(sentence: "its own notification did not come back")
            }
            post()
            var wait = max(.zero, min(lookDue - now, isOwing ? Self.retryInterval : LookAgain.pollInterval))
            let lastLookEnded = now
            var heardCount = 0
            while heardCount < Self.notificationCountMax,
                let notification = try connection.wait(within: wait, wake: shared.relayWake)
            {
                heardCount += 1
                heartbeat.heard(at: .now)
                if isSequencer ? notification == .written : notification == .numbered && !table.isEmpty {
                    lookAgain.reset()
                    lookDue = min(lookDue, lastLookEnded + lookAgain.rest)
                }
                wait = .zero  // those that are here already ask for no more than one look
            }
            shared.relayWake.clear()
        }
    }

    /// Brings the table of interests up to date, between two batches.
    private func update(_ connection: RelayConnection) throws(RelayConnection.Failure) {
        if table.isEmpty, !isSequencer, shared.relayInterest.isPending {
            // Nobody listened, so nothing was read. What came before the first listener it finds in history; the
            // place to go on is fixed before the interest is taken.
            lastSerial = try connection.head().serial
        }
        takeInterests()
    }

    private func takeInterests() {
        let changes = shared.relayInterest.takeChanges()
        guard !changes.isEmpty else { return }
        table.apply(changes)
        shared.relayInterest.acknowledge(changes.generation)
        for (key, _) in changes.added { unacknowledged[key.reactor] = changes.generation }
        let count = table.count
        shared.updateRelay { $0.interestCount = count }
    }

    /// Takes everything there is.
    ///
    /// - Returns: the pause until the next look, unless a notification comes before.
    private func look(_ connection: RelayConnection) throws(RelayConnection.Failure) -> Duration {
        try stand(connection)
        var foundCount = 0
        if isSequencer {
            while true {
                let events = try connection.sequence(countMax: Self.eventCountMax)
                if events.isEmpty { break }
                foundCount += events.count
                if !hasNumbered { try adoptEpoch(connection) }
                hasNumbered = true
                if let first = events.first?.serial, let last = lastSerial, first != last + 1 {
                    try catchUp(connection)  // numbered by us or another one, and not seen: from the log, in order
                } else {
                    shared.updateRelay { $0.eventsNumbered += UInt64(events.count) }
                    try handOver(events, connection)
                }
                try update(connection)
                if events.count < Self.eventCountMax { break }
            }
        } else if !table.isEmpty {
            foundCount = try catchUp(connection)
        }
        shared.updateRelay { $0.lastLook = .now }
        return lookAgain.next(
            foundCount: foundCount, isPending: isSequencer ? try connection.isSequencerPending() : false)
    }

    /// Stands for election, unless it has won or lost just now.
    private func stand(_ connection: RelayConnection) throws(RelayConnection.Failure) {
        guard !isSequencer else { return }
        let now = ContinuousClock.now
        if let last = lastElection, now - last < Self.electionInterval - Self.retryInterval { return }
        lastElection = now
        guard try connection.becomeSequencer() else { return }
        // Nobody else numbers from now on: after this, what is numbered comes right after what was read.
        if table.isEmpty {
            lastSerial = try connection.head().serial
        } else {
            try catchUp(connection)
        }
        isSequencer = true
        shared.updateRelay { $0.isSequencer = true }
    }

    /// Reads on in the log up to its end.
    ///
    /// - Returns: how many events there were.
    @discardableResult
    private func catchUp(_ connection: RelayConnection) throws(RelayConnection.Failure) -> Int {
        var foundCount = 0
        while let serial = lastSerial {
            let events = try connection.read(after: serial, countMax: Self.eventCountMax)
            if events.isEmpty { break }
            foundCount += events.count
            try adoptEpoch(connection)
            shared.updateRelay { $0.eventsRead += UInt64(events.count) }
            try handOver(events, connection)
            try update(connection)
            if events.count < Self.eventCountMax { break }
        }
        return foundCount
    }

    /// Learns, after events were read, which epoch they belong to: it is another one if the log was moved to another
    /// cluster. Listeners of the old one learn from history that theirs is over.
    private func adoptEpoch(_ connection: RelayConnection) throws(RelayConnection.Failure) {
        let epoch = try connection.head().epoch
        guard epoch != self.epoch else { return }
        self.epoch = epoch
        leaveOut()
    }

    // MARK: Handing over

    /// Renders and posts, in portions that are each complete: what was posted is not posted again after a failure.
    private func handOver(_ events: [EventHeader], _ connection: RelayConnection) throws(RelayConnection.Failure) {
        let now = WallClock.microseconds()
        shared.updateRelay { metrics in
            for event in events { metrics.numberedLag.add(microseconds: max(0, now - event.createdMicroseconds)) }
        }
        var rest = events[...]
        while let first = rest.first {
            if let last = lastSerial, first.serial > last + 1 { leaveOut() }  // trimmed before it was read
            let portion = EventDistribution(rest, table, frameCountMax: Self.frameCountMax)
            let outcomes = try connection.render(portion.wanted[...], of: portion.events, epoch: epoch)
            post(portion, outcomes)
            complain(portion, outcomes)
            lastSerial = portion.events.last?.serial
            rest = rest.dropFirst(portion.events.count)
        }
    }

    private func post(_ portion: EventDistribution, _ outcomes: [EventDistribution.Outcome]) {
        for (reactor, backlog) in backlogs.enumerated() where backlog.isFull { leftOut.insert(reactor) }
        for (reactor, batch) in portion.batches(epoch: epoch, outcomes: outcomes, backlogs: backlogs)
        where !leftOut.contains(reactor) && !shared.mailboxes[reactor].post(.events(batch)) {
            leftOut.insert(reactor)
        }
        let now = WallClock.microseconds()
        shared.updateRelay { metrics in
            for outcome in outcomes {
                switch outcome {
                case .frame: metrics.framesRendered += 1
                case .hidden: metrics.framesHidden += 1
                case .failed: metrics.framesFailed += 1
                case .unserved: break  // they will be rendered as the new catalog has them
                }
            }
            for event in portion.eventsWithListeners {
                metrics.handedOverLag.add(microseconds: max(0, now - event.createdMicroseconds))
            }
        }
    }

    private func complain(_ portion: EventDistribution, _ outcomes: [EventDistribution.Outcome]) {
        for (wanted, outcome) in zip(portion.wanted, outcomes) {
            guard case .failed(let message) = outcome else { continue }
            let now = ContinuousClock.now
            if let last = lastComplaint, now - last < Self.complaintInterval { return }
            lastComplaint = now
            Server.say("stream \(wanted.route.id) could not show an event: \(message)")
            return
        }
    }

    /// Something cannot be handed over to anybody.
    private func leaveOut() {
        for reactor in backlogs.indices { leftOut.insert(reactor) }
    }

    private var isOwing: Bool { !leftOut.isEmpty || !unacknowledged.isEmpty }

    /// Posts what is owed: acknowledgements, and the word that events were left out.
    private func post() {
        for (reactor, generation) in unacknowledged
        where shared.mailboxes[reactor].post(.interestEffective(generation: generation)) {
            unacknowledged[reactor] = nil
        }
        guard !leftOut.isEmpty else { return }
        for (reactor, backlog) in backlogs.enumerated()
        where leftOut.contains(reactor) && backlog.hasRecovered && shared.mailboxes[reactor].post(.eventsLeftOut) {
            leftOut.remove(reactor)
            shared.updateRelay { $0.leftOut += 1 }
        }
    }
}
