internal import CLibpq
internal import CLinux
internal import Glibc

/// One libpq connection in pipeline mode, from its first packet to its end. It is never revived; its slot makes
/// another.
///
///     connecting ──▶ settingUp ──▶ ready ──▶ closed
///         └──────────────┴──── lost, given up ──▲
///
/// A transaction is context, perhaps a claim, call and Sync in one `send`. Results are matched to the transactions
/// strictly in order, and a transaction is over only when its Sync is answered, since that is where it commits.
final class PipelinedConnection: ReadinessHandler {
    enum Phase { case connecting, settingUp, ready, closed }

    private(set) var phase = Phase.connecting
    private(set) var inFlight: [Submission] = []
    /// How many of ``inFlight`` only read.
    private(set) var readsInFlight = 0
    /// When the first of ``inFlight`` became the first.
    private(set) var runningSince: ContinuousClock.Instant
    /// A moving average of how long a transaction is the first in flight.
    private var serviceTime = Duration.zero
    /// The weight of the newest in it is one in so many.
    private static let serviceTimeWeight = 16
    /// True while libpq holds bytes that the socket did not take. Nothing new is sent meanwhile, so at most one
    /// transaction is ever half sent and all others that were not sent wait in the queue, safe from a loss.
    private(set) var hasUnsentBytes = false

    let configuration: PoolConfiguration
    let loop: any EventLoop
    private unowned let lane: Lane
    private let depthMax: Int
    private var raw: OpaquePointer?
    /// The watched socket; libpq may change it while connecting.
    private var descriptor: Int32?
    private var deadline: TimerID?
    private var statements: PreparedStatements
    private var statementGeneration = 0
    private var cancellation: Cancellation?
    private var cancelPostedAt: ContinuousClock.Instant
    private var cancelCount = 0
    /// Whether the kernel holds back what is sent.
    private var isCorked = false
    /// False on a socket that is no TCP.
    private var canCork = true

    // What has arrived for the first in flight.
    private var awaited = AwaitedResults(awaiting: [])
    private var rows: OpaquePointer?
    private var failure: SQLFailure?
    private var failedStep: AwaitedResults.Steps = []
    private var isStalePlan = false

    init(lane: Lane, configuration: PoolConfiguration, depthMax: Int, loop: any EventLoop) {
        self.lane = lane
        self.configuration = configuration
        self.depthMax = depthMax
        self.loop = loop
        runningSince = loop.now
        cancelPostedAt = loop.now
        statements = PreparedStatements(countMax: configuration.statementCountMax)
    }

    // The lane closes each connection before it lets go of it; libpq's memory is all that could be left.
    deinit {
        if let rows { PQclear(rows) }
        if let raw { PQfinish(raw) }
    }

    // MARK: Connecting

    /// Begins to connect. The lane hears of readiness or loss, perhaps before this returns.
    func open() {
        deadline = loop.schedule(after: configuration.connection.connectTimeout) { [weak self] in
            self?.close(because: "connecting took too long")
        }
        do throws(ArgumentBuffer.Fault) {
            raw = try configuration.connection.withKeywords { PQconnectStartParams($0.values, $1.values, 1) }
        } catch {
            return close(because: "the connection string holds a zero byte")
        }
        guard let raw, PQstatus(raw) != CONNECTION_BAD else { return close(because: errorMessage()) }
        // RAISE NOTICE must not reach our standard error, libpq's default.
        _ = PQsetNoticeReceiver(raw, receiveNotice, Unmanaged.passUnretained(self).toOpaque())
        _ = watch(for: .writable)
    }

    private func continueConnecting(_ raw: OpaquePointer) {
        unwatch()  // libpq may close this socket and open another, under the same number
        switch PQconnectPoll(raw) {
        case PGRES_POLLING_READING: _ = watch(for: .readable)
        case PGRES_POLLING_WRITING: _ = watch(for: .writable)
        case PGRES_POLLING_OK: setUp(raw)
        default: close(because: errorMessage())
        }
    }

    private func setUp(_ raw: OpaquePointer) {
        guard PQsetnonblocking(raw, 1) == 0, PQenterPipelineMode(raw) == 1 else {
            return close(because: errorMessage())
        }
        phase = .settingUp
        guard watch(for: .readable) else { return }
        for setting in configuration.connection.settings {
            var arguments = ArgumentBuffer()
            do throws(ArgumentBuffer.Fault) {
                try arguments.append(setting.name)
                try arguments.append(setting.value)
            } catch {
                return close(because: "the setting \(setting.name) holds a zero byte")
            }
            guard sendText(Self.setConfig, arguments, on: raw),
                finishSending(Submission(work: .setUp, steps: .call), on: raw)
            else { return close(because: errorMessage()) }
        }
        if inFlight.isEmpty { becomeReady() }
    }

    private static let setConfig = Statement("SELECT pg_catalog.set_config($1, $2, false)", isPrepared: false)

    private func becomeReady() {
        if let deadline { loop.cancel(deadline) }
        deadline = nil
        phase = .ready
        lane.becameReady(self)
    }

    // MARK: Sending

    /// Whether another transaction may be sent now.
    var isAvailable: Bool {
        guard phase == .ready, !hasUnsentBytes, inFlight.count < depthMax, !isCancelling else { return false }
        return inFlight.isEmpty || loop.now - runningSince < configuration.stallThreshold
    }

    /// About how long a transaction that is sent now will wait for those before it.
    var expectedWait: Duration { max(serviceTime * inFlight.count, loop.now - runningSince) }

    /// Sends a whole transaction. False if libpq refuses; then its Sync was never sent, so it cannot commit and may
    /// go elsewhere, and this connection is closed.
    func send(_ transaction: Transaction) -> Bool {
        guard let raw else { return false }
        var submission = Submission(work: .transaction(transaction), steps: .call)
        if let context = transaction.context {
            submission.steps.insert(.context)
            guard
                send(context, transaction.contextArguments, .context, preparing: .prepareContext, &submission, on: raw)
            else { return refuse() }
        }
        if let claim = transaction.claim {
            submission.steps.insert(.claim)
            guard send(claim, transaction.claimArguments, .claim, preparing: .prepareClaim, &submission, on: raw)
            else { return refuse() }
        }
        transaction.state = .inFlight(self)
        guard
            send(transaction.call, transaction.callArguments, .call, preparing: .prepareCall, &submission, on: raw),
            finishSending(submission, on: raw)
        else { return refuse() }
        return true
    }

    private func refuse() -> Bool {
        close(because: errorMessage())
        return false
    }

    private func send(
        _ statement: Statement, _ arguments: ArgumentBuffer, _ step: AwaitedResults.Steps,
        preparing: AwaitedResults.Steps, _ submission: inout Submission, on raw: OpaquePointer
    ) -> Bool {
        switch statements.use(statement) {
        case .text:
            return sendText(statement, arguments, on: raw)
        case .named(let name):
            submission.namedSteps.insert(step)
            return sendNamed(name, statement, arguments, on: raw)
        case .prepare(let name):
            submission.steps.insert(preparing)
            let types = statement.parameterTypes
            return PQsendPrepare(raw, name, statement.text, Int32(types.count), types) == 1
                && sendNamed(name, statement, arguments, on: raw)
        }
    }

    private func sendNamed(
        _ name: [CChar], _ statement: Statement, _ arguments: ArgumentBuffer, on raw: OpaquePointer
    ) -> Bool {
        arguments.withPointers {
            PQsendQueryPrepared(
                raw, name, $0.count, $0.values, $0.lengths, $0.formats, statement.resultFormat.rawValue) == 1
        }
    }

    private func sendText(_ statement: Statement, _ arguments: ArgumentBuffer, on raw: OpaquePointer) -> Bool {
        arguments.withPointers { pointers in
            // libpq reads as many types as there are values.
            var types = statement.parameterTypes
            while types.count < Int(pointers.count) { types.append(0) }
            return PQsendQueryParams(
                raw, statement.text, pointers.count, types, pointers.values, pointers.lengths, pointers.formats,
                statement.resultFormat.rawValue) == 1
        }
    }

    /// libpq 15 writes at every Sync. Without this each transaction would be a segment of its own and would wake the
    /// backend, also where several go out in one turn. Measured: a fifth of the CPU of a point read, on both sides.
    private func cork(_ raw: OpaquePointer, sending byteCount: Int) {
        // What fills segments by itself gains nothing, and TCP would stall at the receiver's window.
        guard byteCount <= Self.corkedByteCountMax else { return uncork() }
        guard canCork, !isCorked, phase == .ready else { return }
        isCorked = Self.setCork(1, on: PQsocket(raw))
        canCork = isCorked
        if isCorked { lane.uncorkLater(self) }
    }

    private static let corkedByteCountMax = 4096

    func uncork() {
        guard isCorked else { return }
        isCorked = false
        if let raw, PQsocket(raw) >= 0 { _ = Self.setCork(0, on: PQsocket(raw)) }
    }

    private static func setCork(_ value: Int32, on descriptor: Int32) -> Bool {
        var value = value
        return setsockopt(
            descriptor, Int32(IPPROTO_TCP), TCP_CORK, &value, socklen_t(MemoryLayout<Int32>.size)) == 0
    }

    /// Adds the Sync, which makes libpq 15 write everything to the socket at once.
    private func finishSending(_ submission: Submission, on raw: OpaquePointer) -> Bool {
        if case .transaction(let transaction) = submission.work { cork(raw, sending: transaction.argumentByteCount) }
        guard PQpipelineSync(raw) == 1 else { return false }
        var submission = submission
        submission.cancelCount = cancelCount
        submission.statementGeneration = statementGeneration
        if inFlight.isEmpty { begin(submission) }
        inFlight.append(submission)
        if submission.isReadOnly { readsInFlight += 1 }
        flush(raw)
        return true
    }

    /// A failing write alone ends nothing: what PostgreSQL said last may still wait to be read. But libpq may have
    /// closed the socket, and then no event will come. The connection is closed in the next turn, since the caller
    /// is in the midst of using it.
    private func flush(_ raw: OpaquePointer) {
        let status = PQflush(raw)
        guard status >= 0, PQsocket(raw) >= 0 else {
            _ = loop.schedule(after: .zero) { [weak self] in
                guard let self else { return }
                close(because: errorMessage())
            }
            return
        }
        guard (status == 1) != hasUnsentBytes else { return }
        hasUnsentBytes = status == 1
        _ = watch(for: hasUnsentBytes ? [.readable, .writable] : .readable)
    }

    // MARK: Receiving

    func ready(_ readiness: Interest) {
        guard let raw else { return }
        guard phase != .connecting else { return continueConnecting(raw) }
        if hasUnsentBytes { flush(raw) }  // never closes at once, so `raw` lives on
        guard PQconsumeInput(raw) == 1 else { return close(because: errorMessage()) }
        takeResults()
        lane.dispatch()
    }

    /// Takes every result that has arrived. Answers run the owners' code, which may send on this connection, or
    /// close it.
    private func takeResults() {
        var isAfterNull = false
        if inFlight.isEmpty, let raw { _ = PQisBusy(raw) }  // a notice or a changed parameter
        while !inFlight.isEmpty, let raw, PQisBusy(raw) == 0 {
            guard let result = PQgetResult(raw) else {
                // One null ends each statement; two mean that libpq awaits nothing, though we do.
                guard !isAfterNull else { return close(because: "results are missing") }
                isAfterNull = true
                continue
            }
            isAfterNull = false
            take(result, on: raw)
        }
    }

    private func take(_ result: OpaquePointer, on raw: OpaquePointer) {
        var isKept = false
        defer { if !isKept { PQclear(result) } }
        let event: AwaitedResults.Event
        switch PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: event = .completed
        case PGRES_FATAL_ERROR: event = .failed
        case PGRES_PIPELINE_ABORTED: event = .skipped
        case PGRES_PIPELINE_SYNC: event = .synced
        default: return close(because: "PostgreSQL sent what no pipeline can carry, such as COPY")
        }
        if event == .failed, PQstatus(raw) == CONNECTION_BAD || Self.endsConnection(result) {
            return close(because: String(cString: PQresultErrorMessage(result)))
        }
        switch awaited.receive(event) {
        case .nothing: break
        case .confirm(let step): confirm(step)
        case .keepRows:
            rows = result
            isKept = true
        case .keepFailure(let step):
            failure = SQLFailure(result)
            failedStep = step
            isStalePlan = Self.isFromPlanCache(result)
        case .finish: finishFirst()
        case .outOfStep: close(because: "results are out of step")
        }
    }

    /// PostgreSQL's own word, not in the server's language: after these it hangs up.
    private static func endsConnection(_ result: OpaquePointer) -> Bool {
        guard let severity = PQresultErrorField(result, Int32(PGS_DIAG_SEVERITY)) else { return true }
        let text = String(cString: severity)
        return text == "FATAL" || text == "PANIC"
    }

    /// The error for a prepared statement whose columns changed shares its SQLSTATE with many others; the function
    /// that raises it is its own.
    private static func isFromPlanCache(_ result: OpaquePointer) -> Bool {
        let sourceFunctionField = Int32(UInt8(ascii: "R"))
        guard let function = PQresultErrorField(result, sourceFunctionField) else { return false }
        return String(cString: function) == "RevalidateCachedQuery"
    }

    /// Hands a notice to the owner of the running transaction, if it asked for such.
    fileprivate func noticed(_ notice: OpaquePointer) {
        guard case .transaction(let running)? = inFlight.first?.work, running.wantsNotices, let owner = running.owner,
            let sqlState = PQresultErrorField(notice, Int32(PGS_DIAG_SQLSTATE)),
            let message = PQresultErrorField(notice, Int32(PGS_DIAG_MESSAGE_PRIMARY))
        else { return }
        owner.noticed(running, sqlState: String(cString: sqlState), message: String(cString: message))
    }

    private func begin(_ submission: Submission) {
        awaited = AwaitedResults(awaiting: submission.steps)
        runningSince = loop.now
    }

    private func finishFirst() {
        let first = inFlight.removeFirst()
        if first.isReadOnly { readsInFlight -= 1 }
        let answerRows = rows
        let answerFailure = failure
        let (step, wasStale, began) = (failedStep, isStalePlan, runningSince)
        rows = nil
        failure = nil
        failedStep = []
        isStalePlan = false
        serviceTime += (loop.now - began - serviceTime) / Self.serviceTimeWeight
        if let next = inFlight.first { begin(next) }

        switch first.work {
        case .deallocate:
            if let answerRows { PQclear(answerRows) }
        case .setUp:
            if let answerRows { PQclear(answerRows) }
            if let answerFailure { return close(because: answerFailure.message) }
            if inFlight.isEmpty { becomeReady() }
        case .transaction(let transaction):
            guard let answerFailure else {
                guard let answerRows else { return close(because: "a call without result") }
                return lane.finished(transaction, .rows(QueryResult(owning: answerRows)))
            }
            if let answerRows { PQclear(answerRows) }  // they came, and then the commit failed
            withdrawUnconfirmed(first, transaction)
            let recovery = Recovery.decide(
                answerFailure.sqlState,
                Recovery.Circumstances(
                    usedPreparedStatement: !step.isEmpty && first.namedSteps.contains(step), isStalePlan: wasStale,
                    wasExposedToCancel: first.cancelCount != cancelCount, ranFor: loop.now - began,
                    timeout: transaction.timeout, isRetryable: transaction.isRetryable,
                    isInterrupted: transaction.isInterrupted, attempts: transaction.attempts))
            // Neighbours sent before the first of them noticed need not forget all again.
            if recovery == .prepareAgain, first.statementGeneration == statementGeneration { forgetStatements() }
            lane.finished(transaction, answerFailure, recovery)
        }
    }

    // MARK: Prepared statements

    private func confirm(_ step: AwaitedResults.Steps) {
        guard let first = inFlight.first, case .transaction(let transaction) = first.work else { return }
        lane.metrics.statementsPrepared += 1
        guard first.statementGeneration == statementGeneration else { return }
        if step == .prepareContext, let context = transaction.context { statements.confirm(context) }
        if step == .prepareClaim, let claim = transaction.claim { statements.confirm(claim) }
        if step == .prepareCall { statements.confirm(transaction.call) }
    }

    private func withdrawUnconfirmed(_ submission: Submission, _ transaction: Transaction) {
        guard submission.statementGeneration == statementGeneration else { return }
        if submission.steps.contains(.prepareContext), let context = transaction.context {
            statements.withdraw(context)
        }
        if submission.steps.contains(.prepareClaim), let claim = transaction.claim { statements.withdraw(claim) }
        if submission.steps.contains(.prepareCall) { statements.withdraw(transaction.call) }
    }

    /// Frees all statements, behind what is in flight and ahead of what comes.
    func forgetStatements() {
        guard phase == .ready, statements.count > 0 else { return }
        statements.forgetAll()
        statementGeneration += 1
        guard let raw, sendText(Self.deallocateAll, ArgumentBuffer(), on: raw),
            finishSending(Submission(work: .deallocate, steps: .call), on: raw)
        else { return close(because: errorMessage()) }
    }

    private static let deallocateAll = Statement("DEALLOCATE ALL", isPrepared: false)

    // MARK: Cancelling and watching

    var isCancelling: Bool {
        guard let cancellation else { return false }
        guard cancellation.isFinished else { return true }
        self.cancellation = nil
        return false
    }

    /// Whether a cancel request for the running transaction went out a moment ago: its effect may only be unread as yet,
    /// and a second request would hit the neighbour behind it.
    private var wasJustCancelled: Bool {
        cancelCount > 0 && runningSince <= cancelPostedAt && loop.now - cancelPostedAt < configuration.cancelRepeatPause
    }

    /// Cancels the running transaction if nobody wants it any more and it has run long enough to be worth it.
    func cancelIfUnwanted(with canceller: Canceller) {
        guard let raw, case .transaction(let running)? = inFlight.first?.work,
            running.isAbandoned || running.isInterrupted, !isCancelling,
            loop.now - runningSince >= configuration.cancelPatience, !wasJustCancelled
        else { return }
        guard let request = Cancellation(of: raw), canceller.post(request) else {
            lane.metrics.cancelsRefused += 1
            return
        }
        lane.metrics.cancelsSent += 1
        cancellation = request
        cancelPostedAt = loop.now
        cancelCount += 1
    }

    /// Gives the connection up if PostgreSQL has stopped to answer.
    func inspect() {
        guard phase == .ready else { return }
        // A TLS record may be longer than what libpq reads at a time; the rest lies where no poll sees it.
        if let raw, !inFlight.isEmpty, PQsslInUse(raw) == 1 { ready(.readable) }
        if let first = inFlight.first, loop.now - runningSince > limit(of: first) + configuration.hangGrace {
            lane.metrics.watchdogKills += 1
            return close(because: "PostgreSQL did not answer in time", isHung: true)
        }
        if isCancelling, inFlight.isEmpty, loop.now - cancelPostedAt > configuration.cancelTimeout {
            // A request that is still on its way finds no backend, and so harms nobody.
            close(because: "a cancel request did not get through")
        }
    }

    private func limit(of submission: Submission) -> Duration {
        switch submission.work {
        case .transaction(let transaction): transaction.timeout
        case .setUp, .deallocate: configuration.connection.connectTimeout
        }
    }

    // MARK: Closing

    /// Ends the connection and hands what was in flight to the lane.
    func close(because reason: String, isHung: Bool = false) {
        guard phase != .closed else { return }
        let wasReady = phase == .ready
        phase = .closed
        if let deadline { loop.cancel(deadline) }
        unwatch()
        let orphans = inFlight
        inFlight = []
        readsInFlight = 0
        if let rows { PQclear(rows) }
        rows = nil
        if let raw { PQfinish(raw) }
        raw = nil
        lane.lost(self, orphans: orphans, wasReady: wasReady, isHung: isHung, because: reason)
    }

    private func errorMessage() -> String {
        raw.map { String(cString: PQerrorMessage($0)) } ?? "out of memory"
    }

    /// False if there is no socket; the connection is closed then.
    private func watch(for interest: Interest) -> Bool {
        guard let raw else { return false }
        let descriptor = PQsocket(raw)
        guard descriptor >= 0 else {
            close(because: errorMessage())
            return false
        }
        self.descriptor = descriptor
        loop.watch(descriptor, for: interest, self)
        return true
    }

    private func unwatch() {
        if let descriptor { loop.unwatch(descriptor) }
        descriptor = nil
    }
}

/// libpq's callback, on the connection's own thread and inside of its reading.
private func receiveNotice(context: UnsafeMutableRawPointer?, result: OpaquePointer?) {
    guard let context, let result else { return }
    Unmanaged<PipelinedConnection>.fromOpaque(context).takeUnretainedValue().noticed(result)
}
