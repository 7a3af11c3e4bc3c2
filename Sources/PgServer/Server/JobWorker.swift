internal import Synchronization

/// Runs jobs: claims them, has SQL do them or performs their effects, and tells SQL how they ended.
///
/// Lives on a thread of its own with its own connections to PostgreSQL, so that no job ever waits for a request or a
/// request for a job. What a job means, when it is tried again and who may run next, SQL decides; whether a job has been
/// done is decided by its commit alone. So nothing here needs to survive: what a worker held when it died is given to
/// another one when its lease has ended.
final class JobWorker {
    let loop: Reactor
    let shared: SharedState
    let pool: Pool
    let performers: [Effect.Kind: any EffectPerformer]
    let statements = WorkerStatements()
    /// Tells this worker's leases from all others.
    let workerID: String
    let mailbox: Mailbox<WorkerMessage>
    /// For nothing else, so that no other mail can take an outcome's place.
    let effectReports: Mailbox<EffectReport>
    private var mailReader: MailboxReader<WorkerMessage>?
    private var effectReader: MailboxReader<EffectReport>?

    var queues: [QueueSchedule]
    /// What runs, by job.
    var runs: [String: JobRun] = [:]
    /// Runs that somebody else may have taken over while they still end here.
    var detachedRunCount = 0
    var leases: LeaseBook
    /// Whether leases are being checked because of a cancellation, and whether another one came meanwhile.
    var leaseCheck: (isRunning: Bool, isDueAgain: Bool) = (false, false)
    var stop = WorkerStop()
    var effects: [UInt64: (run: JobRun, handle: (any EffectHandle)?, watchdog: TimerID)] = [:]
    var effectCount: UInt64 = 0
    var chores: [WorkerChore] = []
    var metrics = WorkerMetrics()
    var log: JobLog

    private var isAdvancing = false
    private var isAdvanceDue = false
    private var hasEnded = false
    private var lookTimer: (id: TimerID, due: ContinuousClock.Instant)?
    private var lastComplaint: (text: String, at: ContinuousClock.Instant)?

    /// `statement_timeout` of what the worker itself asks SQL.
    static let engineTimeout = Duration.seconds(10)
    /// How long a worker that stops waits for PostgreSQL to take its jobs back.
    static let releasePatience = Duration.milliseconds(500)
    /// The same complaint is said again after this long.
    static let complaintInterval = Duration.seconds(60)

    init(
        loop: Reactor, shared: SharedState, mailbox: Mailbox<WorkerMessage>, pool: Pool,
        performers: [Effect.Kind: any EffectPerformer]
    ) throws(SystemError) {
        effectReports = try Mailbox()
        self.loop = loop
        self.shared = shared
        self.mailbox = mailbox
        self.pool = pool
        self.performers = performers
        var generator = SystemRandomNumberGenerator()
        var id: [UInt8] = []
        RequestID.random(using: &generator).appendUUID(to: &id)
        workerID = String(decoding: id, as: UTF8.self)
        queues = shared.configuration.workers.map {
            QueueSchedule(name: $0.queue, workerCount: $0.count, at: loop.now)
        }
        leases = LeaseBook(length: shared.configuration.jobLease)
        log = JobLog(writer: shared.logWriter)
        mailReader = MailboxReader(mailbox, on: loop) { [unowned self] in receive($0) }
        effectReader = MailboxReader(effectReports, on: loop) { [unowned self] in effectEnded($0.number, $0.outcome) }
        loop.turnEnded = { [unowned self] in advance() }
        pool.start()
        startChores()
        inspectLeasesLater()
        _ = loop.schedule(after: .zero) {}  // the first turn
    }

    private func receive(_ message: WorkerMessage) {
        switch message {
        case .wake(let name):
            for index in queues.indices where name == nil || queues[index].name == name {
                queues[index].wake(at: loop.now)
            }
        case .checkLeases: checkLeases()
        case .eventsLogged: runChore(.dispatchEvents)
        case .listening(let isListening): metrics.isListening = isListening
        case .drain: drain()
        case .report(let collection): collection.add(.init(worker: report()))
        }
    }

    // MARK: A turn

    /// Starts and claims what can be, at the end of every turn.
    private func advance() {
        guard !isAdvancing else {
            isAdvanceDue = true
            return
        }
        isAdvancing = true
        repeat {
            isAdvanceDue = false
            for index in queues.indices {
                while let job = queues[index].takeNext() { start(job, inQueue: index) }
                let count = queues[index].claimCount(at: loop.now)
                if count > 0 { claim(count, inQueue: index) }
            }
            act(on: stop.advance(at: loop.now, heldCount: heldCount))
        } while isAdvanceDue
        isAdvancing = false
        setLookTimer()
    }

    /// Something ended outside of a turn's end, or within: there may be room.
    func advanceSoon() { isAdvanceDue = true }

    private func setLookTimer() {
        let looks = queues.compactMap(\.nextLook) + [stop.nextLook].compactMap { $0 }
        guard let next = looks.min() else { return }
        if let lookTimer {
            guard next < lookTimer.due else { return }
            loop.cancel(lookTimer.id)
        }
        let timer = loop.schedule(after: max(.zero, next - loop.now)) { [unowned self] in lookTimer = nil }
        lookTimer = (timer, next)
    }

    // MARK: Stopping

    /// Jobs that are ours, or may be about to be.
    private var heldCount: Int {
        runs.count + detachedRunCount + queues.reduce(0) { $0 + $1.readyCount + ($1.isClaiming ? 1 : 0) }
    }

    private func drain() {
        stop.begin(at: loop.now, grace: shared.configuration.shutdownGrace)
        for index in queues.indices { queues[index].stop() }
    }

    private func act(on action: WorkerStop.Action) {
        switch action {
        case .nothing: break
        case .interrupt:
            for index in queues.indices {
                for job in queues[index].removeAll() { leases.release(job.id) }
            }
            for run in runs.values { interrupt(run, because: .stopping) }
        case .release:
            guard pool.isReady else { return end() }  // the leases end by themselves
            _ = loop.schedule(after: Self.releasePatience) { [unowned self] in end() }
            // What is running in PostgreSQL still, or was claimed and never begun, goes to others at once.
            EngineCall.send(statements.releaseJobs, [workerID], on: pool, timeout: Self.engineTimeout) {
                [unowned self] answer in
                switch consume answer {
                case .rows: break
                case .failed(let failure): complain("jobs could not be given back: \(failure.message)")
                case .unavailable: break  // the leases end by themselves
                }
                end()
            }
        }
    }

    private func end() {
        guard !hasEnded else { return }
        hasEnded = true
        log.handOver()
        pool.stop()
        loop.stop()
    }

    // MARK: Telling

    /// Says what is wrong with the worker's surroundings; not the same again and again.
    func complain(_ sentence: String) {
        if let last = lastComplaint, last.text == sentence, loop.now - last.at < Self.complaintInterval { return }
        lastComplaint = (sentence, loop.now)
        Server.say("worker: \(sentence)")
    }

    private func report() -> WorkerReport {
        let pools = pool.metrics
        return WorkerReport(
            metrics: metrics,
            queues: queues.map {
                .init(name: $0.name, workers: $0.workerCount, running: $0.runningCount, ready: $0.readyCount)
            },
            jobsPool: pools.slow, enginePool: pools.fast)
    }
}
