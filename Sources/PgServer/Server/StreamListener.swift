/// One client that listens: an event stream or a WebSocket, with its socket.
///
///     subscribing ──▶ awaitingInterest ──▶ catchingUp ◀──▶ live ──end──▶ closing ──▶ lingering ──▶ closed
///         └── refused: an ordinary answer, and none of the rest
///
/// Idle it owns no buffer: what comes is read in the reactor's, what goes out is the bytes that all share.
final class StreamListener: ReadinessHandler {
    enum Phase {
        /// Its function runs, or its head is on the way; it has no socket yet.
        case subscribing
        /// The relay does not count it yet, so its position in the log is not fixed.
        case awaitingInterest
        /// It reads what it missed; what happens meanwhile is kept in ``pending``.
        case catchingUp
        case live
        /// The last bytes are on their way, and over a WebSocket the client's goodbye.
        case closing
        /// Our side is shut; what the client still sends is thrown away for a moment (RFC 9112 §9.6).
        case lingering
        case closed
    }

    /// Time for the last bytes, the client's goodbye, and its end.
    static let closeDuration = Duration.seconds(2)
    /// Bytes of an event stream's client that are read and thrown away: it has nothing to say.
    static let strayByteCountMax = 64 * 1024

    unowned let hub: StreamHub
    private(set) var route: Route
    private(set) var plan: StreamPlan
    let principal: Principal?
    let tenant: TenantID?
    let requestID: RequestID
    let address: String
    private let path: [UInt8]
    private let startedAt: ContinuousClock.Instant
    private(set) var phase = Phase.subscribing

    /// The places it holds under its limits.
    var places: StreamCounts.Places
    var subscription: StreamSubscription?
    /// The index in its group's list, kept by the group.
    var place = 0
    private(set) var group: StreamGroup?
    private(set) var epoch = 0
    private(set) var position: Int64 = 0

    private var socket: ClientSocket?
    private var descriptor: Int32 = -1
    private var interest = Interest.readable
    private var webSocket: WebSocketSession?
    private var strayByteCount = 0

    /// What waits for the socket; of the first ``sentCount`` bytes are gone.
    private var queue: [[UInt8]] = []
    private var sentCount = 0
    private(set) var queuedByteCount = 0
    private var stalledSince: ContinuousClock.Instant?
    /// Events that came while a page of history was read.
    private var pending: [EventFrame] = []
    private var pendingByteCount = 0
    private var hasPendingOverflowed = false
    /// Whether the next page waits until the last one is sent.
    private var isPageDue = false
    /// Failures to read a page, one after another.
    var failedPageCount = 0

    private var heartbeatDue: ContinuousClock.Instant
    private var pingDue: ContinuousClock.Instant
    private var pongDue: ContinuousClock.Instant?
    private var expiry: ContinuousClock.Instant?
    private var closeDue: ContinuousClock.Instant?
    /// When it is ended because the server stops.
    private var stopDue: ContinuousClock.Instant?
    private(set) var ticket: UInt32 = 0

    private var frameCount = 0
    private var byteCount = 0

    var isWebSocket: Bool { webSocket != nil }
    var isOpen: Bool {
        switch phase {
        case .awaitingInterest, .catchingUp, .live: true
        case .subscribing, .closing, .lingering, .closed: false
        }
    }

    private var frontend: Frontend { hub.frontend }
    private var settings: StreamSettings { hub.settings }

    init(
        _ exchange: Exchange, route: Route, plan: StreamPlan, isWebSocket: Bool, places: StreamCounts.Places,
        hub: StreamHub
    ) {
        self.hub = hub
        self.route = route
        self.plan = plan
        self.places = places
        principal = exchange.principal
        tenant = exchange.principal.flatMap { TenantID($0.tenantID) }
        requestID = exchange.requestID
        address = exchange.address
        path = exchange.path
        startedAt = exchange.startedAt
        let now = hub.frontend.loop.now
        heartbeatDue = now + plan.heartbeatInterval
        pingDue = now + hub.settings.pingInterval
        if isWebSocket {
            webSocket = WebSocketSession(
                messageByteCountMax: hub.settings.messageByteCountMax, keepsMessages: plan.receive == .echo)
        }
    }

    // MARK: Beginning

    /// Gets the socket, whose head is sent, and begins to listen.
    func attach(_ socket: consuming ClientSocket) {
        guard phase == .subscribing, let subscription else { preconditionFailure("a listener begins once") }
        descriptor = socket.descriptor
        self.socket = consume socket
        epoch = subscription.epoch
        position = subscription.position
        phase = .awaitingInterest
        expiry = hub.instant(ofUnixSeconds: principal?.expiresAt)
        frontend.loop.watch(descriptor, for: .readable, self)
        interest = .readable
        hub.join(self)
        schedule()
    }

    /// Whatever it has reserved is free again. For a stream that was never opened.
    func abandon() {
        guard phase == .subscribing else { return }
        phase = .closed
        hub.release(self)
    }

    /// It stands in a group. If the interest counts, the position is fixed and the client is told.
    func begin(in group: StreamGroup?) {
        self.group = group
        guard phase == .awaitingInterest, group?.isEffective != false else { return }
        if let subscription {
            self.subscription = nil
            greet(subscription)
            guard phase == .awaitingInterest else { return }
        }
        if let group, let state = group.state {
            phase = .live
            state.joined(self)
        } else if let group, !group.offersEverything(after: position) {
            catchUp()
        } else {
            phase = .live
        }
    }

    private func greet(_ subscription: StreamSubscription) {
        var first: [UInt8] = []
        if subscription.isLost {
            hub.metrics.historyLost += 1
            appendLost(to: &first)
        } else if subscription.position < subscription.head {
            hub.metrics.resumed += 1
        }
        appendConnected(subscription, to: &first)
        write(first)
    }

    /// Goes on with the same stream as a new catalog declares it. What happens between, history shows.
    ///
    /// - Returns: false if it must enter another group.
    func move(to route: Route, _ plan: StreamPlan) -> Bool {
        guard isOpen else { return true }
        let isSame = plan.relay == self.plan.relay
        self.route = route
        self.plan = plan
        guard !isSame else { return true }
        if phase == .live { position = offeredPosition }
        phase = .awaitingInterest
        group = nil
        beginPage()
        return false
    }

    private func appendConnected(_ subscription: StreamSubscription, to out: inout [UInt8]) {
        if isWebSocket {
            if let json = subscription.connected { EventWire.appendWebSocketText(json.span, to: &out) }
            return
        }
        out.append("retry: ")
        out.append(decimal: hub.retryMilliseconds(plan))
        out.append("\n")
        if let json = subscription.connected {
            EventWire.appendSSE(id: eventID, eventName: plan.connectedEvent, json: json.span, to: &out)
        } else {
            appendBareID(to: &out)
        }
    }

    private func appendLost(to out: inout [UInt8]) {
        append(
            plan.lost, id: eventID, code: "history_lost",
            message: "Events before this one are no longer kept.", to: &out)
    }

    // MARK: Catching up

    /// Reads what it missed from the log, then goes on live.
    private func catchUp() {
        phase = .catchingUp
        hub.replays.enqueue(self)
    }

    /// Events were left out: what is behind the last position offered must be read.
    func readAgain() {
        guard let group, group.state == nil else { return }
        if phase == .catchingUp { hasPendingOverflowed = true }  // the page at hand may have been read before
        guard phase == .live else { return }
        position = offeredPosition
        catchUp()
    }

    /// Everything up to here was offered to it.
    private var offeredPosition: Int64 { phase == .live ? max(position, group?.head ?? position) : position }

    /// Its page is about to be read. What came before the page's snapshot, the page will show.
    func beginPage() {
        pending = []
        pendingByteCount = 0
        hasPendingOverflowed = false
    }

    /// A page is here: writes it, and asks for the next one or goes live.
    ///
    /// - Parameter isLast: Whether the page reached the end of the log.
    func endPage(_ bytes: [UInt8], frameCount count: Int, upTo last: Int64, isLast: Bool) {
        guard phase == .catchingUp else { return }
        failedPageCount = 0
        position = max(position, last)
        noteFrames(count, byteCount: bytes.count)
        write(bytes)
        guard phase == .catchingUp else { return }
        guard isLast, !hasPendingOverflowed else {
            if queue.isEmpty { hub.replays.enqueue(self) } else { isPageDue = true }
            return
        }
        phase = .live
        group?.read(upTo: last)
        let frames = pending.filter { $0.position > position }
        beginPage()
        if !frames.isEmpty { receive(StreamDelivery(frames, at: WallClock.microseconds())) }
    }

    // MARK: Events

    func receive(_ delivery: StreamDelivery) {
        switch phase {
        case .live: send(delivery)
        case .catchingUp: keep(delivery.frames)
        case .subscribing, .awaitingInterest, .closing, .lingering, .closed: break  // history will show them
        }
    }

    private func send(_ delivery: StreamDelivery) {
        guard let first = delivery.frames.firstIndex(where: { $0.position > position }) else { return }
        let frames = delivery.frames[first...]
        let chunk: [UInt8]
        if first == 0 {
            chunk = isWebSocket ? delivery.webSocket : delivery.sse
        } else {
            let rest = StreamDelivery(Array(frames), at: delivery.nowMicroseconds)
            chunk = isWebSocket ? rest.webSocket : rest.sse
        }
        position = frames.last?.position ?? position
        noteFrames(frames.count, byteCount: chunk.count)
        for frame in frames {
            hub.metrics.lag.add(microseconds: max(0, delivery.nowMicroseconds - frame.createdMicroseconds))
        }
        writeLive(chunk)
    }

    /// A chunk that nobody waits for: a listener behind by more than the bound is too slow.
    private func writeLive(_ chunk: [UInt8]) {
        write(chunk)
        if isOpen, queuedByteCount > settings.bufferByteCountMax { end(.slow) }
    }

    private func keep(_ frames: [EventFrame]) {
        guard !hasPendingOverflowed else { return }
        for frame in frames {
            pending.append(frame)
            pendingByteCount += frame.sse.count
        }
        guard pendingByteCount > settings.bufferByteCountMax else { return }
        beginPage()
        hasPendingOverflowed = true  // a further page will show them
    }

    /// The stream could not show an event; the client learns that there was one.
    func receiveFailure(at failed: Int64) {
        switch phase {
        case .live:
            guard failed > position else { return }
            position = failed
            var bytes: [UInt8] = []
            appendFailure(at: failed, to: &bytes)
            writeLive(bytes)
        case .catchingUp: hasPendingOverflowed = true  // a page will tell it
        case .subscribing, .awaitingInterest, .closing, .lingering, .closed: break
        }
    }

    func appendFailure(at failed: Int64, to out: inout [UInt8]) {
        append(
            plan.error, id: (epoch, failed), code: "event_failed",
            message: "An event could not be shown.", to: &out)
    }

    /// A whole state, the same for everybody.
    func receiveState(_ state: StreamState.Frame) {
        guard phase == .live else { return }
        let chunk = isWebSocket ? state.webSocket : state.sse
        noteFrames(1, byteCount: chunk.count)
        writeLive(chunk)
    }

    private func noteFrames(_ count: Int, byteCount added: Int) {
        frameCount += count
        byteCount += added
        hub.metrics.frames += UInt64(count)
        hub.metrics.byteCount += UInt64(added)
    }

    // MARK: Messages beside the events

    /// Where the client stands: from here it can go on.
    private var eventID: (epoch: Int, position: Int64)? {
        guard group?.state == nil, tenant != nil else { return nil }
        return (epoch, offeredPosition)
    }

    private func append(
        _ message: StreamPlan.Message, id: (epoch: Int, position: Int64)?, code: String? = nil,
        message text: String? = nil, to out: inout [UInt8]
    ) {
        var json: [UInt8] = []
        StreamPlan.append(
            message.template,
            .init(
                microseconds: WallClock.microseconds(), tenant: principal?.tenantID, id: id, code: code, message: text),
            to: &json)
        if isWebSocket {
            EventWire.appendWebSocketText(json.span, to: &out)
        } else {
            EventWire.appendSSE(id: id, eventName: message.event, json: json.span, to: &out)
        }
    }

    /// Moves a browser's last event id without an event (WHATWG HTML §9.2.6), so that a quiet stream's position does
    /// not grow old.
    private func appendBareID(to out: inout [UInt8]) {
        if let eventID {
            out.append("id: ")
            EventWire.appendID(eventID, to: &out)
            out.append("\n")
        }
        out.append("\n")
    }

    private func heartbeat() {
        var bytes: [UInt8] = []
        if let message = plan.heartbeat {
            append(message, id: eventID, to: &bytes)
        } else if !isWebSocket {
            bytes.append(":\n")
            appendBareID(to: &bytes)
        }
        byteCount += bytes.count
        write(bytes)
    }

    private func ping() {
        var bytes: [UInt8] = []
        WebSocketFrame.append(.ping, Span(), to: &bytes)
        write(bytes)
    }

    // MARK: Time

    /// Looks at what is due. Called by the wheel.
    func wake(at now: ContinuousClock.Instant) {
        switch phase {
        case .subscribing, .closed: return
        case .closing, .lingering: if let closeDue, now >= closeDue { return close() }
        case .awaitingInterest, .catchingUp, .live: wakeOpen(at: now)
        }
        schedule()
    }

    private func wakeOpen(at now: ContinuousClock.Instant) {
        if let expiry, now >= expiry { return end(.expired) }
        if let stopDue, now >= stopDue { return end(.stopping) }
        if let stalledSince {
            // It has what it can take before it; nothing is added while it takes none of it.
            if now - stalledSince >= frontend.limits.idle { return end(.slow) }
        }
        if let pongDue, now >= pongDue { return end(.silent) }
        if isWebSocket, now >= pingDue, pongDue == nil {
            pingDue = now + settings.pingInterval
            pongDue = now + settings.pongTimeout
            ping()
        }
        if isOpen, now >= heartbeatDue {
            heartbeatDue += plan.heartbeatInterval
            if heartbeatDue <= now { heartbeatDue = now + plan.heartbeatInterval }
            if queue.isEmpty { heartbeat() }
        }
    }

    /// Puts it on the wheel at its next instant.
    private func schedule() {
        var due: ContinuousClock.Instant
        switch phase {
        case .subscribing, .closed: return
        case .closing, .lingering: due = closeDue ?? frontend.loop.now
        case .awaitingInterest, .catchingUp, .live:
            due = heartbeatDue
            if isWebSocket { due = min(due, pongDue ?? pingDue) }
            if let expiry { due = min(due, expiry) }
            if let stopDue { due = min(due, stopDue) }
        }
        ticket &+= 1
        hub.schedule(self, at: due, ticket: ticket)
    }

    /// Is to be ended at that time.
    func stop(at instant: ContinuousClock.Instant) {
        guard isOpen else { return }
        stopDue = instant
        schedule()
    }

    // MARK: Reading

    func ready(_ readiness: Interest) {
        if readiness.contains(.writable) { flush() }
        if phase == .closed { return }
        if readiness.contains(.readable) || readsWhenWritable {
            receiveBytes()
        } else if readiness.contains(.peerEnd) {
            peerFinished()
        }
    }

    private var readsWhenWritable: Bool { socket?.readsWhenWritable ?? false }

    private func receiveBytes() {
        let buffer = frontend.receiveBuffer
        switch socket?.receive(into: buffer) ?? .closed {
        case .wouldBlock: return updateWatch()
        case .closed: return peerFinished()
        case .bytes(let count):
            guard phase != .lingering, isWebSocket else {
                strayByteCount += count
                if strayByteCount > Self.strayByteCountMax { close() }
                return
            }
            take(UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    private func take(_ bytes: UnsafeMutableRawBufferPointer) {
        pongDue = nil  // whoever sends is alive
        var position = 0
        var replies: [UInt8] = []
        while let event = webSocket?.next(in: bytes, at: &position) {
            switch event {
            case .text(let text): WebSocketFrame.append(.text, text.span, to: &replies)
            case .binary(let bytes): WebSocketFrame.append(.binary, bytes.span, to: &replies)
            case .ping(let payload): WebSocketFrame.append(.pong, payload.span, to: &replies)
            case .pong: break
            case .close(let code, _):
                write(replies)
                return isOpen ? end(.clientClosed(code)) : finishIfDone()
            case .failure(let error):
                write(replies)
                return isOpen ? end(.brokenProtocol(error)) : finishIfDone()
            }
        }
        write(replies)
    }

    private func peerFinished() {
        if isOpen { end(.clientGone) } else { close() }
    }

    // MARK: Writing

    /// Sends a chunk, or what the socket takes of it; the rest waits, by reference.
    private func write(_ chunk: [UInt8]) {
        guard !chunk.isEmpty, descriptor >= 0, phase != .closed, phase != .lingering else { return }
        guard queue.isEmpty else {
            queue.append(chunk)
            queuedByteCount += chunk.count
            return updateWatch()
        }
        let outcome = chunk.withUnsafeBytes { socket?.send($0) ?? .closed }
        switch outcome {
        case .bytes(chunk.count): return
        case .bytes(let count): sentCount = count
        case .wouldBlock: sentCount = 0
        case .closed: return lost()
        }
        queue.append(chunk)
        queuedByteCount = chunk.count - sentCount
        stalledSince = frontend.loop.now
        updateWatch()
    }

    private func flush() {
        while let first = queue.first {
            let outcome = first.withUnsafeBytes {
                socket?.send(UnsafeRawBufferPointer(rebasing: $0[sentCount...])) ?? .closed
            }
            switch outcome {
            case .bytes(let count):
                sentCount += count
                queuedByteCount -= count
                stalledSince = frontend.loop.now
                guard sentCount == first.count else { continue }
                sentCount = 0
                queue.removeFirst()
            case .wouldBlock: return updateWatch()
            case .closed: return lost()
            }
        }
        queue = []
        stalledSince = nil
        updateWatch()
        if isPageDue, phase == .catchingUp {
            isPageDue = false
            hub.replays.enqueue(self)
        }
        finishIfDone()
    }

    private func lost() {
        if isOpen { end(.clientGone) } else { close() }
    }

    private func updateWatch() {
        guard phase != .closed else { return }
        // A client that does not take the echo of its messages is not heard until it does.
        let isHeard = queuedByteCount <= settings.bufferByteCountMax || phase == .lingering
        var wanted: Interest = readsWhenWritable ? [.writable, .peerEnd] : isHeard ? .readable : .peerEnd
        if !queue.isEmpty { wanted.insert(.writable) }
        guard wanted != interest else { return }
        interest = wanted
        frontend.loop.watch(descriptor, for: wanted, self)
    }

    // MARK: Ending

    func end(_ reason: StreamEnd) {
        guard isOpen else { return }
        let id = eventID
        phase = .closing
        closeDue = frontend.loop.now + Self.closeDuration
        if reason == .slow {
            hub.metrics.closedSlow += 1
            dropUnsent()
        }
        if reason == .historyLost { hub.metrics.historyLost += 1 }
        log(reason)
        hub.release(self)
        group = nil
        pending = []
        if reason == .clientGone { return close() }
        var last: [UInt8] = []
        if reason == .historyLost { appendLost(to: &last) }
        if let text = reason.message { append(plan.error, id: id, code: reason.errorCode, message: text, to: &last) }
        webSocket?.close(reason.closeCode, reason: reason.closeReason, to: &last)
        write(last)
        guard phase == .closing else { return }
        schedule()
        finishIfDone()
    }

    /// All but what has begun to go out.
    private func dropUnsent() {
        guard let first = queue.first else { return }
        let hasBegun = sentCount > 0 || (socket?.owesBytes ?? false)
        queue = hasBegun ? [first] : []
        queuedByteCount = hasBegun ? first.count - sentCount : 0
    }

    /// Everything is sent, and over a WebSocket both have said goodbye: our side is shut.
    private func finishIfDone() {
        guard phase == .closing, queue.isEmpty, webSocket?.isFinished ?? true else { return }
        phase = .lingering
        strayByteCount = 0
        socket?.finishSending()
        closeDue = frontend.loop.now + Self.closeDuration
        updateWatch()
        schedule()
    }

    func close() {
        guard phase != .closed else { return }
        phase = .closed
        queue = []
        queuedByteCount = 0
        webSocket = nil
        if descriptor >= 0 { frontend.loop.unwatch(descriptor) }
        socket = nil
        hub.closed()
    }

    private func log(_ reason: StreamEnd) {
        let elapsed = (ContinuousClock.now - startedAt).wholeMicroseconds
        let status = isWebSocket ? 101 : 200
        guard frontend.log.shouldTell(status: status) else { return }
        frontend.clock.refresh()
        frontend.log.add(
            .init(
                milliseconds: frontend.clock.milliseconds, method: "GET", route: route.name, path: path,
                status: status, byteCount: byteCount, microseconds: elapsed, requestID: requestID, address: address,
                tenantID: principal?.tenantID ?? "", userID: principal?.userID ?? "", traceparent: [],
                error: reason.errorCode, frameCount: frameCount))
    }
}
