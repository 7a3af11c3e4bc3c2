internal import Synchronization

/// The streams of one reactor: who listens to what, and what comes for them.
///
/// Lives on its reactor's thread, as its listeners do, and takes no lock. What all reactors share it reaches through
/// ``SharedState``: the relay's interest, the sessions that are watched, the count of open streams.
final class StreamHub {
    unowned let frontend: Frontend
    let settings: StreamSettings
    let historyStatement = Statement(EngineSQL.eventHistory)
    var metrics = StreamMetrics()
    private(set) lazy var replays = StreamReplays(hub: self, countMax: settings.replayCountMax)

    private let reactor: Int
    private var groups: [StreamGroup.Key: StreamGroup] = [:]
    private var groupsOfTenant: [TenantID: [StreamGroup]] = [:]
    /// Groups that the relay does not count yet.
    private var pendingGroups: [StreamGroup] = []
    /// Everybody who is open, with or without a group; by identity, for what concerns all.
    private var open: [ObjectIdentifier: StreamListener] = [:]
    /// Sockets that are held, those of ended streams included.
    private(set) var socketCount = 0
    private var wheel = StreamWheel<StreamListener>()
    private var epoch = 0
    private var stopBy: ContinuousClock.Instant?
    private var generator = RequestIDGenerator()

    static var tick: Duration { Frontend.inspectionInterval }

    init(frontend: Frontend) {
        self.frontend = frontend
        settings = frontend.shared.configuration.streams
        reactor = frontend.shared.mailboxes.firstIndex { $0 === frontend.mailbox } ?? 0
    }

    private var shared: SharedState { frontend.shared }

    // MARK: Opening

    /// Makes a place for a stream before its function is asked.
    ///
    /// - Throws: if one of its limits is reached.
    func reserve(_ exchange: Exchange, _ route: Route, _ plan: StreamPlan) throws(Problem) -> StreamListener {
        let principal = exchange.principal
        let places = shared.streamCounts.take(plan.limits) { limit in
            principal?[claim: limit.subject] ?? exchange.clientAddress.description
        }
        guard let places else {
            metrics.limitRefused += 1
            throw Problem(
                .rateLimited, message: "Too many streams are open.", retryAfterSeconds: Problem.tryAgainSeconds)
        }
        return StreamListener(
            exchange, route: route, plan: plan, isWebSocket: exchange.handshake != nil, places: places, hub: self)
    }

    /// A listener has its socket.
    func join(_ listener: StreamListener) {
        socketCount += 1
        metrics.opened += 1
        open[ObjectIdentifier(listener)] = listener
        if let session = Self.session(of: listener) { shared.streamSessions.add(session, reactor: reactor) }
        enter(listener, filter: listener.subscription?.filter)
        if !frontend.isServing { stop(listener) }
    }

    private static func session(of listener: StreamListener) -> StreamSession? {
        guard let tenant = listener.tenant, let principal = listener.principal, !principal.sessionID.isEmpty else {
            return nil
        }
        return StreamSession(tenant: tenant, sessionID: principal.sessionID)
    }

    /// Puts a listener into its group; it begins as soon as the relay counts it.
    private func enter(_ listener: StreamListener, filter: StreamFilter?) {
        guard let tenant = listener.tenant, let filter, !filter.topics.isEmpty else {
            return listener.begin(in: nil)  // nothing will ever come for it but heartbeats
        }
        let key = StreamGroup.Key(tenant: tenant, routeID: listener.plan.relay.id, filter: filter)
        let group = groups[key] ?? makeGroup(key, listener.route, listener.plan)
        group.add(listener)
        listener.begin(in: group)
    }

    private func makeGroup(_ key: StreamGroup.Key, _ route: Route, _ plan: StreamPlan) -> StreamGroup {
        let standing = shared.relayInterest.add(key.filter, tenant: key.tenant, route: plan.relay, reactor: reactor)
        let state = plan.state.map { StreamState(hub: self, route: route, plan: plan, computing: $0) }
        let group = StreamGroup(key: key, route: route, plan: plan, standing: standing, state: state)
        state?.serve(group)
        groups[key] = group
        groupsOfTenant[key.tenant, default: []].append(group)
        if !group.isEffective { pendingGroups.append(group) }
        return group
    }

    // MARK: Ending

    /// Gives back what a listener has reserved, and takes it out of its group.
    func release(_ listener: StreamListener) {
        shared.streamCounts.giveBack(listener.places)
        listener.places = []
        guard open.removeValue(forKey: ObjectIdentifier(listener)) != nil else { return }
        if let session = Self.session(of: listener) { shared.streamSessions.remove(session, reactor: reactor) }
        if let group = listener.group { leave(listener, group) }
    }

    private func leave(_ listener: StreamListener, _ group: StreamGroup) {
        group.remove(listener)
        if group.listeners.isEmpty { drop(group) }
    }

    private func drop(_ group: StreamGroup) {
        group.state?.stop()
        groups[group.key] = nil
        groupsOfTenant[group.key.tenant]?.removeAll { $0 === group }
        if groupsOfTenant[group.key.tenant]?.isEmpty == true { groupsOfTenant[group.key.tenant] = nil }
        pendingGroups.removeAll { $0 === group }
        shared.relayInterest.remove(
            group.key.filter, tenant: group.key.tenant, route: group.plan.relay, reactor: reactor)
    }

    /// A listener's socket is closed.
    func closed() {
        socketCount -= 1
        shared.openConnectionCount.subtract(1, ordering: .relaxed)
        frontend.streamClosed()
    }

    // MARK: Mail

    func receive(_ batch: EventBatch) {
        let now = WallClock.microseconds()
        if batch.epoch != epoch { begin(epoch: batch.epoch) }
        var touched: [StreamGroup] = []
        for item in batch.items {
            for group in groupsOfTenant[item.tenant] ?? [] where group.key.routeID == item.route {
                guard group.key.filter.matches(item.event) else { continue }
                switch item.content {
                case .frame(let frame): if group.collect(frame) { touched.append(group) }
                case .changed: group.state?.changed()
                case .unserved(let event): group.suspend(before: event.position)
                case .failed(let event, let message):
                    metrics.framesFailed += 1
                    log("an event could not be shown on \(group.route.name): \(message)")
                    if let index = touched.firstIndex(where: { $0 === group }) {
                        touched.remove(at: index)
                        group.deliver(at: now)  // what comes before it goes out before it
                    }
                    group.forEach { $0.receiveFailure(at: event.position) }
                }
            }
        }
        for group in touched { group.deliver(at: now) }
        for (tenant, head) in batch.headPositions {
            for group in groupsOfTenant[tenant] ?? [] { group.offered(upTo: head) }
        }
    }

    /// The relay counts every interest up to this generation.
    func interestEffective(generation: UInt64) {
        let effective = pendingGroups.filter { $0.generation <= generation }
        guard !effective.isEmpty else { return }
        pendingGroups.removeAll { $0.generation <= generation }
        for group in effective {
            group.isEffective = true
            group.forEach { $0.begin(in: group) }
        }
    }

    /// Events are missing between what was offered and what will be.
    func eventsLeftOut() {
        for group in groups.values {
            group.state?.changed()
            group.leftOut()
            group.forEach { $0.readAgain() }
        }
    }

    func end(_ sessions: Set<StreamSession>) {
        for listener in Array(open.values) {
            if let session = Self.session(of: listener), sessions.contains(session) { listener.end(.sessionEnded) }
        }
    }

    /// A log that was restored elsewhere counts anew: positions of before mean nothing in it.
    private func begin(epoch new: Int) {
        epoch = new
        for listener in Array(open.values) where listener.group != nil && listener.epoch != new {
            listener.end(.historyLost)
        }
    }

    // MARK: A new catalog

    /// Streams go on with the routes of the new catalog. Where one has gone its listeners end.
    func install(_ catalog: Catalog) {
        guard !open.isEmpty else { return }
        var routes: [String: Route] = [:]
        for route in catalog.routes where route.stream != nil { routes[route.name] = route }
        for listener in Array(open.values) {
            guard let route = routes[listener.route.name], let plan = route.stream,
                plan.serves(webSocket: listener.isWebSocket)
            else {
                listener.end(.withdrawn)
                continue
            }
            let group = listener.group
            if listener.move(to: route, plan) { continue }
            // Declared anew, it is another stream to the relay.
            guard let group else { continue }
            let filter = group.key.filter
            leave(listener, group)
            enter(listener, filter: filter)
        }
    }

    // MARK: Time

    /// - Parameter unixSeconds: `Int64.max` and what is beyond a year is never.
    func instant(ofUnixSeconds unixSeconds: Int64?) -> ContinuousClock.Instant? {
        guard let unixSeconds else { return nil }
        let left = unixSeconds.subtractingReportingOverflow(WallClock.milliseconds() / 1000)
        guard !left.overflow, left.partialValue < Self.farSeconds else { return nil }
        return frontend.loop.now + .seconds(left.partialValue)
    }

    private static let farSeconds: Int64 = 366 * 24 * 3600

    func schedule(_ listener: StreamListener, at due: ContinuousClock.Instant, ticket: UInt32) {
        let ticks = Int((due - frontend.loop.now) / Self.tick) + 1
        wheel.insert(listener, afterTicks: ticks, ticket: ticket)
    }

    /// Comes once in each ``tick``.
    func turn() {
        let now = frontend.loop.now
        for (listener, ticket) in wheel.advance() where listener.ticket == ticket { listener.wake(at: now) }
    }

    /// Each is told a time of its own, so that they do not all come back at once.
    func retryMilliseconds(_ plan: StreamPlan) -> Int {
        let milliseconds = Int(plan.retry / .milliseconds(1))
        return milliseconds + Int.random(in: 0...max(1, milliseconds / 2), using: &generator)
    }

    // MARK: Stopping

    /// Ends every stream, spread over half of the grace.
    func drain() {
        for listener in Array(open.values) { stop(listener) }
    }

    private func stop(_ listener: StreamListener) {
        let spread = shared.configuration.shutdownGrace / 2
        let share = Double.random(in: 0...1, using: &generator)
        listener.stop(at: frontend.loop.now + spread * share)
    }

    // MARK: Telling

    var currentMetrics: StreamMetrics {
        var current = metrics
        for listener in open.values {
            let transport = listener.isWebSocket ? "websocket" : "sse"
            current.listeners[.init(route: listener.route.name, transport: transport), default: 0] += 1
        }
        return current
    }

    func log(_ sentence: String) {
        frontend.clock.refresh()
        frontend.log.addFailure(
            .random(using: &generator), sentence, milliseconds: frontend.clock.milliseconds)
    }
}
