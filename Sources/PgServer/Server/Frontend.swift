internal import Synchronization

/// What one reactor serves: its listening socket, its clients, its connections to PostgreSQL.
///
/// Lives on its reactor's thread and takes no lock. A request stays here from its first byte to its last.
final class Frontend {
    let loop: Reactor
    let limits: HTTPLimits
    let shared: SharedState
    let pool: Pool
    let mailbox: Mailbox<FrontendMessage>
    private var mailReader: MailboxReader<FrontendMessage>?
    private var listeners: [Listener] = []

    private(set) var catalog: Catalog
    var credentials: Credentials
    let trustedProxies: TrustedProxies
    let crossOrigin: CrossOrigin?
    /// Value of `Strict-Transport-Security`; nil in clear, or if it is not wanted.
    let strictTransport: [UInt8]?
    /// For connections from now on; nil in clear.
    private var tls: ServerTLS?
    private var handshakeStepsLeft = handshakeStepCountMax

    /// Where every client's bytes are received; what is left of them a client keeps itself.
    let receiveBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 64)
    private var clients: [ClientConnection] = []
    /// How many of the clients are over the limit, and stay only until they have been told.
    private var refusedClientCount = 0
    private var clientsToFlush: [ClientConnection] = []
    private var spareExchanges: [Exchange] = []
    private var isDraining = false
    /// Bytes that clients hold here, as far as they are worth counting.
    var heldByteCount = 0
    private let heldByteCountMax: Int
    private(set) lazy var streams = StreamHub(frontend: self)

    var rates: RateView
    var credentialCache = CredentialCache()
    let contextStatement: Statement
    let keyStatement: Statement
    let claimStatement: Statement
    var parked: [Exchange] = []
    /// Requests for metrics under way. Holding the collection keeps its identity from being used again.
    var awaitingMetrics: [ObjectIdentifier: (MetricsCollection, Exchange)] = [:]

    var metrics = RequestMetrics()
    var routeCounters: [RequestMetrics.RouteCounters]
    var unroutedCounters = RequestMetrics.RouteCounters()
    var log: AccessLog
    var clock: TurnClock
    /// Bodies and contexts are put together here before their length is known.
    var scratch: [UInt8] = []
    var binder = Binder()
    var generator = RequestIDGenerator()

    /// Time between two looks for clients whose time is up. Limits are kept to within this.
    static let inspectionInterval = Duration.milliseconds(250)
    /// Clients over the limit that are told so at once; one more is closed without a word.
    static let refusedClientCountMax = 64
    /// Steps of handshakes in one turn: signing takes up to a millisecond, and a wave of newcomers shall not hold up
    /// those who are served.
    static let handshakeStepCountMax = 16
    /// Exchanges kept for the next requests.
    static let spareExchangeCountMax = 1024
    /// A larger request or answer is not kept with them.
    static let spareByteCountMax = 64 * 1024

    init(
        loop: Reactor, shared: SharedState, mailbox: Mailbox<FrontendMessage>, listening sockets: [Int32],
        tls: ServerTLS?, catalog: Catalog, credentials: Credentials, pool: Pool, trustedProxies: TrustedProxies
    ) {
        self.loop = loop
        self.shared = shared
        self.mailbox = mailbox
        self.tls = tls
        let age = shared.configuration.strictTransportAge
        strictTransport = tls == nil || age == .zero ? nil : Array("max-age=\(age.components.seconds)".utf8)
        self.catalog = catalog
        self.credentials = credentials
        self.pool = pool
        self.trustedProxies = trustedProxies
        limits = shared.configuration.http
        heldByteCountMax = shared.configuration.heldByteCountMax / shared.configuration.reactorCount
        crossOrigin = CrossOrigin(shared.configuration.crossOrigin)
        rates = RateView(shared.registry)
        contextStatement = Statement(EngineSQL.context, parameterTypes: EngineSQL.contextTypes)
        keyStatement = Statement(EngineSQL.keyPrincipal)
        claimStatement = Statement(EngineSQL.claim)
        routeCounters = .init(repeating: .init(), count: catalog.routes.count)
        log = AccessLog(writer: shared.logWriter, sampleFraction: shared.configuration.logSampleFraction)
        clock = TurnClock()
        for socket in sockets {
            listeners.append(
                Listener(Descriptor(owning: socket), loop: loop) { [unowned self] in accept($0, peer: $1) })
        }
        mailReader = MailboxReader(mailbox, on: loop) { [unowned self] in receive($0) }
        loop.turnEnded = { [unowned self] in endTurn() }
        pool.start()
        inspectLater()
    }

    deinit { receiveBuffer.deallocate() }

    // MARK: Clients

    private func accept(_ socket: consuming Descriptor, peer: String) {
        let countMax = shared.configuration.clientCountMax
        let count = shared.openConnectionCount.add(1, ordering: .relaxed).newValue
        let isRefused = count > countMax || isDraining
        if isRefused {
            shared.openConnectionCount.subtract(1, ordering: .relaxed)
            metrics.connectionsRefused += 1
            // Closed without a word; under TLS always, since a word would take a handshake.
            guard refusedClientCount < Self.refusedClientCountMax, tls == nil else { return }
            refusedClientCount += 1
        } else {
            metrics.connectionsAccepted += 1
        }
        guard let socket = ClientSocket(socket, under: tls) else {
            shared.openConnectionCount.subtract(1, ordering: .relaxed)
            return
        }
        let client = ClientConnection(socket, peer: peer, frontend: self)
        client.isRefused = isRefused
        client.place = clients.count
        clients.append(client)
        client.start()
        if isRefused { client.end(with: tooManyConnections()) }
    }

    /// Says that there are too many connections, without waiting for a request.
    private func tooManyConnections() -> [UInt8] {
        lastWord(Problem(.unavailable, message: "Too many connections.", retryAfterSeconds: 1))
    }

    /// Says to a client who does not speak TLS that it should.
    func clearTextRefusal() -> [UInt8] {
        metrics.malformedRequests += 1
        return lastWord(Problem(.malformedRequest, message: "This port speaks TLS: use https."))
    }

    /// An answer without a request.
    private func lastWord(_ problem: Problem) -> [UInt8] {
        clock.refresh()
        var response: [UInt8] = []
        let dialect = catalog.dialects[catalog.fallbackDialect]
        var body: [UInt8] = []
        let id = RequestID.random(using: &generator)
        let rendered = dialect.render(problem, requestID: id, timestampMilliseconds: clock.milliseconds, into: &body)
        let date = clock.date
        do throws(HTTPError) {
            let writer = try ResponseWriter(
                status: rendered.status, toHead: false, closes: true, date: date.span, into: &response)
            writer.field("Content-Type", "application/json", into: &response)
            if let seconds = rendered.retryAfterSeconds { writer.field("Retry-After", seconds, into: &response) }
            writer.finish(body: body.span, into: &response)
        } catch {
            preconditionFailure("a dialect's statuses were checked when the catalog was loaded")
        }
        return response
    }

    func closed(_ client: ClientConnection) {
        if client.isRefused {
            refusedClientCount -= 1
        } else {
            shared.openConnectionCount.subtract(1, ordering: .relaxed)
        }
        forget(client)
        if isDraining { finishDrainingIfIdle() }
    }

    /// A client's socket is a stream's now, which counts among the connections as before.
    func handedOver(_ client: ClientConnection) { forget(client) }

    /// A stream's socket is closed.
    func streamClosed() {
        if isDraining { finishDrainingIfIdle() }
    }

    private func forget(_ client: ClientConnection) {
        let last = clients.count - 1
        if client.place != last {
            clients[client.place] = clients[last]
            clients[client.place].place = client.place
        }
        clients.removeLast()
    }

    func flushAtTurnEnd(_ client: ClientConnection) { clientsToFlush.append(client) }

    /// Whether a handshake may go on in this turn.
    func takeHandshakeStep() -> Bool {
        guard handshakeStepsLeft > 0 else { return false }
        handshakeStepsLeft -= 1
        return true
    }

    private func endTurn() {
        handshakeStepsLeft = Self.handshakeStepCountMax
        // Flushing may dispatch requests that waited in the pipeline, whose answers flush again.
        while let client = clientsToFlush.popLast() { client.flush() }
        guard heldByteCount > heldByteCountMax else { return }
        relieve()
        while let client = clientsToFlush.popLast() { client.flush() }
    }

    /// Cuts off those that hold most, until there is room again: enough of it that this is not done for every packet.
    private func relieve() {
        let wanted = heldByteCountMax / 4 * 3
        for client in clients.sorted(by: { $0.heldByteCount > $1.heldByteCount }) {
            guard heldByteCount > wanted else { break }
            metrics.connectionsCutOff += 1
            client.cutOff()
        }
    }

    private func inspectLater() {
        _ = loop.schedule(after: Self.inspectionInterval) { [weak self] in
            guard let self else { return }
            let now = loop.now
            for client in clients.reversed() { client.expire(at: now) }
            streams.turn()
            dropExpiredParked()
            log.handOver()
            inspectLater()
        }
    }

    // MARK: Exchanges

    func makeExchange(on client: ClientConnection) -> Exchange {
        let exchange: Exchange
        if let spare = spareExchanges.popLast() {
            exchange = spare
        } else {
            exchange = Exchange(
                transaction: Transaction(call: contextStatement, timeout: .zero), startedAt: loop.now)
        }
        exchange.reset(on: client, startedAt: loop.now)
        return exchange
    }

    func recycle(_ exchange: Exchange) {
        exchange.forgetDecisions()
        exchange.upload = nil
        guard case .idle = exchange.transaction.state, spareExchanges.count < Self.spareExchangeCountMax,
            exchange.isSmall(Self.spareByteCountMax)
        else { return }
        spareExchanges.append(exchange)
    }

    /// The client has gone: what PostgreSQL does for it ends.
    func abandon(_ exchange: Exchange) {
        guard !exchange.isAnswered, !exchange.isAbandoned else { return }
        exchange.isAbandoned = true
        exchange.connection = nil
        exchange.dropListener()
        metrics.clientsGone += 1
        pool.cancel(exchange.transaction)
        count(exchange, status: Self.clientClosedRequest)
    }

    /// Not a status of HTTP: what logs and metrics show for a request whose client did not wait for the answer.
    static let clientClosedRequest = 499

    // MARK: Mail

    private func receive(_ message: FrontendMessage) {
        switch message {
        case .install(let catalog, let credentials): install(catalog, credentials)
        case .secure(let renewed): tls = renewed
        case .drain: drain()
        case .handOver: handOver()
        case .report(let collection):
            let pools = pool.metrics
            collection.add(
                .init(
                    requests: requestMetrics(), fastPool: pools.fast, slowPool: pools.slow,
                    streams: streams.currentMetrics))
        case .collected(let collection): answerMetrics(collection)
        case .events(let batch): streams.receive(batch)
        case .interestEffective(let generation): streams.interestEffective(generation: generation)
        case .eventsLeftOut: streams.eventsLeftOut()
        case .endedSessions(let sessions): streams.end(sessions)
        }
    }

    private func install(_ catalog: Catalog, _ credentials: Credentials) {
        foldRouteCounters()
        self.catalog = catalog
        self.credentials = credentials
        routeCounters = .init(repeating: .init(), count: catalog.routes.count)
        pool.forgetStatements()
        streams.install(catalog)
        let waiting = parked
        parked = []
        for exchange in waiting { restart(exchange) }
    }

    private func drain() {
        guard !isDraining else { return }
        for listener in listeners { listener.ready(.readable) }  // who has connected already shall not meet a reset
        stopListening()
        for client in clients.reversed() { client.drain() }
        streams.drain()
        finishDrainingIfIdle()
    }

    /// Another process has the listening sockets and serves. Who has connected here is served here: a client's next
    /// answer tells it to connect anew, and only who does not ask for anything for long is left.
    private func handOver() {
        guard !isDraining else { return }
        stopListening()
        for client in clients.reversed() { client.retire() }
        streams.drain()
        // The last quarter is for what was asked at the very end.
        _ = loop.schedule(after: shared.configuration.shutdownGrace * 3 / 4) { [weak self] in
            guard let self else { return }
            for client in clients.reversed() { client.drain() }
        }
        finishDrainingIfIdle()
    }

    private func stopListening() {
        isDraining = true
        for listener in listeners { listener.close() }
        listeners = []
    }

    private func finishDrainingIfIdle() {
        guard clients.isEmpty, streams.socketCount == 0 else { return }
        log.handOver()
        pool.stop()
        loop.stop()
    }

    var isServing: Bool { !isDraining }

    // MARK: Counting

    /// - Parameter isLogged: false for a stream, whose line is written when it ends.
    func count(_ exchange: Exchange, status: Int, isLogged: Bool = true) {
        let elapsed = (ContinuousClock.now - exchange.startedAt).wholeMicroseconds
        if let route = exchange.route, exchange.catalog === catalog {
            routeCounters[route.index].add(
                status: status, microseconds: elapsed, byteCount: exchange.responseBodyByteCount)
        } else {
            unroutedCounters.add(status: status, microseconds: elapsed, byteCount: exchange.responseBodyByteCount)
        }
        guard isLogged, log.shouldTell(status: status) else { return }
        log.add(
            .init(
                milliseconds: clock.milliseconds, method: exchange.method.name, route: exchange.route?.name ?? "",
                path: exchange.path, status: status, byteCount: exchange.responseBodyByteCount, microseconds: elapsed,
                requestID: exchange.requestID, address: exchange.address, tenantID: exchange.principal?.tenantID ?? "",
                userID: exchange.principal?.userID ?? "", traceparent: exchange.traceparent,
                error: exchange.errorCode))
    }

    private func foldRouteCounters() {
        for (route, counters) in zip(catalog.routes, routeCounters) where !counters.statuses.isEmpty {
            metrics.add(route: route.name, counters)
        }
    }

    private func requestMetrics() -> RequestMetrics {
        var all = metrics
        for (route, counters) in zip(catalog.routes, routeCounters) where !counters.statuses.isEmpty {
            all.add(route: route.name, counters)
        }
        if !unroutedCounters.statuses.isEmpty { all.add(route: "", unroutedCounters) }
        all.heldByteCount = heldByteCount
        all.connectionsOpen = clients.count - refusedClientCount + streams.socketCount
        return all
    }
}
