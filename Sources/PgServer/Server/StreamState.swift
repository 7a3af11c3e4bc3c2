/// The state that a stream shows to all listeners of a tenant: computed once for all of them when an event may have
/// changed it, never twice within the stream's coalescing time, and sent only if it has changed.
final class StreamState: TransactionOwner {
    /// One state on both wires.
    final class Frame {
        let sse: [UInt8]
        let webSocket: [UInt8]

        init(_ json: Span<UInt8>, eventName: [UInt8]) {
            var sse: [UInt8] = []
            EventWire.appendSSE(id: nil, eventName: eventName, json: json, to: &sse)
            self.sse = sse
            var webSocket: [UInt8] = []
            EventWire.appendWebSocketText(json, to: &webSocket)
            self.webSocket = webSocket
        }
    }

    private unowned let hub: StreamHub
    private let plan: StreamPlan
    private let transaction: Transaction
    private weak var group: StreamGroup?
    private var current: Frame?
    private var json: [UInt8] = []
    /// Listeners that have got nothing yet.
    private var newcomers: [StreamListener] = []
    private var isDirty = false
    private var isComputing = false
    private var isStopped = false
    private var startedAt: ContinuousClock.Instant?
    private var timer: TimerID?
    private var failureCount = 0

    static let retryPauseFirst = Duration.seconds(1)
    static let retryPauseLongest = Duration.seconds(30)

    init(hub: StreamHub, route: Route, plan: StreamPlan, computing statement: Statement) {
        self.hub = hub
        self.plan = plan
        transaction = Transaction(call: statement, timeout: route.timeout)
        transaction.connectionClass = route.connectionClass
        transaction.isReadOnly = true
        transaction.isRetryable = true
    }

    func serve(_ group: StreamGroup) { self.group = group }

    /// Shows the state to a listener that has just begun.
    func joined(_ listener: StreamListener) {
        if let current, !isDirty, !isComputing { return listener.receiveState(current) }
        newcomers.append(listener)
        if !isComputing { compute(after: .zero) }
    }

    /// An event may have changed it.
    func changed() {
        isDirty = true
        guard !isComputing, let group, !group.listeners.isEmpty else { return }
        compute(after: pause)
    }

    /// Nobody listens any more.
    func stop() {
        isStopped = true
        if let timer { hub.frontend.loop.cancel(timer) }
        if isComputing { hub.frontend.pool.cancel(transaction) }
        newcomers = []
    }

    /// Until the next may begin.
    private var pause: Duration {
        guard let startedAt else { return .zero }
        return max(.zero, startedAt + plan.coalesce - hub.frontend.loop.now)
    }

    private func compute(after pause: Duration) {
        guard !isStopped, timer == nil else { return }
        guard pause > .zero else { return compute() }
        timer = hub.frontend.loop.schedule(after: pause) { [weak self] in
            self?.timer = nil
            self?.compute()
        }
    }

    private func compute() {
        guard !isStopped, !isComputing, let group else { return }
        isComputing = true
        isDirty = false
        startedAt = hub.frontend.loop.now
        hub.frontend.fillContext(of: transaction, memberOf: group.key.tenant, route: group.route)
        transaction.owner = self
        hub.frontend.pool.submit(transaction)
    }

    func answered(_ transaction: Transaction, _ answer: consuming Answer) {
        isComputing = false
        guard !isStopped else { return }
        switch consume answer {
        case .rows(let result):
            failureCount = 0
            show(result.bytes(row: 0, column: 0) ?? Array("null".utf8))
            if isDirty { compute(after: pause) }
        case .failed(let failure):
            hub.log("a stream's state could not be computed: \(failure.sqlState) \(failure.message)")
            tryAgain()
        case .unavailable: tryAgain()
        }
    }

    private func tryAgain() {
        isDirty = true
        let pause = min(Self.retryPauseFirst * (1 << min(failureCount, 5)), Self.retryPauseLongest)
        failureCount += 1
        compute(after: pause)
    }

    private func show(_ new: [UInt8]) {
        let waiting = newcomers
        newcomers = []
        if let current, new == json {
            for listener in waiting { listener.receiveState(current) }
            return
        }
        json = new
        let frame = Frame(new.span, eventName: plan.relay.eventName)
        current = frame
        group?.forEach { $0.receiveState(frame) }
    }
}
