/// One client's socket: bytes in, exchanges in order, bytes out.
///
///     reading ──request──▶ exchanges (answered in any order, written in the order they came) ──▶ output ──▶ socket
///        └── refused bytes, a limit, the client's end ──▶ lastAnswer ──▶ lingering ──▶ closed
final class ClientConnection: ReadinessHandler {
    private enum Phase {
        case open
        /// No further request is read; the connection ends when what is owed has been written.
        case lastAnswer
        /// Everything is written and our side is shut; what the client still sends is thrown away for a moment, so
        /// that a reset does not overtake the answer (RFC 9112 §9.6).
        case lingering
        case closed
    }

    /// What the client is given time for.
    private enum Wait { case firstByte, head, body, nextRequest, answers, drain, linger }

    /// Time for which a client's bytes are thrown away after the last answer.
    static let lingerDuration = Duration.seconds(2)
    /// Bytes thrown away at most while lingering.
    static let lingerByteCountMax = 1 << 20
    /// Output that may wait for a client that does not read, beyond which no further request of it is read.
    static let outputByteCountMax = 1 << 20

    let peer: String
    let peerAddress: ClientAddress
    let frontend: Frontend
    private let socket: Descriptor
    private var parser: RequestParser
    private var phase = Phase.open
    /// Bytes that were received and not consumed: the beginning of a request, or requests over the pipeline's depth.
    private var received: [UInt8] = []
    private var exchanges: [Exchange] = []
    private var output: [UInt8] = []
    private var outputSentCount = 0
    private var isFlushScheduled = false
    private var interest = Interest.readable
    private var deadline: ContinuousClock.Instant
    private var wait = Wait.firstByte
    private var lingeredByteCount = 0
    /// What was decided about the request whose body is still arriving.
    private var admitted: Exchange?
    /// The index in the frontend's list, kept by the frontend.
    var place = 0

    init(_ socket: consuming Descriptor, peer: String, frontend: Frontend) {
        self.socket = socket
        self.peer = peer
        peerAddress = ClientAddress(parsing: Array(peer.utf8).span) ?? ClientAddress(v4: 0)
        self.frontend = frontend
        parser = RequestParser(limits: frontend.limits)
        deadline = frontend.loop.now + frontend.limits.timeToFirstByte
    }

    func start() { frontend.loop.watch(socket.rawValue, for: .readable, self) }

    // MARK: Reading

    func ready(_ readiness: Interest) {
        if readiness.contains(.writable), !output.isEmpty { flush() }
        if readiness.contains(.readable), phase != .closed { receive() }
    }

    private func receive() {
        let outcome = Socket.receive(from: socket.rawValue, into: frontend.receiveBuffer)
        guard case .bytes(let count) = outcome else {
            if outcome == .closed { peerFinished() }
            return
        }
        switch phase {
        case .open: take(UnsafeMutableRawBufferPointer(rebasing: frontend.receiveBuffer[..<count]))
        case .lastAnswer, .closed: break  // thrown away: its requests would not be answered
        case .lingering:
            lingeredByteCount += count
            if lingeredByteCount > Self.lingerByteCountMax { close() }
        }
    }

    /// Works on new bytes in the shared buffer; only what is left over is kept by this connection, so that an idle
    /// connection owns no buffer.
    private func take(_ bytes: UnsafeMutableRawBufferPointer) {
        if received.isEmpty {
            let count = consume(bytes)
            if count < bytes.count, phase == .open { received.append(contentsOf: bytes[count...]) }
        } else {
            received.append(contentsOf: bytes)
            consumeReceived()
        }
        updateWatch()
    }

    private func consumeReceived() {
        let count = received.withUnsafeMutableBytes { consume($0) }
        if phase != .open || count == received.count {
            received = []
        } else if count > 0 {
            received.removeFirst(count)
        }
    }

    /// Parses and dispatches as many requests as there are, and as the pipeline's depth allows.
    private func consume(_ bytes: UnsafeMutableRawBufferPointer) -> Int {
        var offset = 0
        while phase == .open, offset < bytes.count, canTakeRequest {
            let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[offset...])
            do throws(HTTPError) {
                switch try parser.parse(rest) {
                case .needsMore:
                    if admitted == nil { waitFor(.head, frontend.limits.timeToHead, unlessAlready: true) }
                    return offset
                case .head:
                    headArrived(rest)
                case .complete(let consumed):
                    requestArrived(rest)
                    parser.reset()
                    offset += consumed
                }
            } catch {
                refuse(error, rest)
            }
        }
        if exchanges.isEmpty, phase == .open {
            waitFor(.nextRequest, frontend.limits.idle)
        } else {
            wait = .answers
        }
        return offset
    }

    private var canTakeRequest: Bool {
        exchanges.count < frontend.limits.pipelineDepthMax && output.count - outputSentCount < Self.outputByteCountMax
    }

    /// The head is known and its body is not: decides what can be decided now, so that a refused body is not waited
    /// for, and asks for the body if the client wants to be asked.
    private func headArrived(_ bytes: UnsafeMutableRawBufferPointer) {
        let exchange = frontend.makeExchange(on: self)
        frontend.admit(exchange, parser.head, UnsafeRawBufferPointer(bytes))
        if exchange.problem != nil {
            exchange.keepsAlive = false
            append(exchange)
            phase = .lastAnswer
            frontend.refuse(exchange)
            return
        }
        parser.bodyByteCountMax = exchange.bodyByteCountMax
        admitted = exchange
        waitFor(.body, frontend.limits.timeToBody)
        if parser.head.expectsContinue, exchanges.isEmpty {
            output.append(StatusLine.continuing)
            scheduleFlush()
        }
    }

    private func requestArrived(_ bytes: UnsafeMutableRawBufferPointer) {
        let exchange: Exchange
        if let earlier = admitted {
            exchange = earlier
            admitted = nil
        } else {
            exchange = frontend.makeExchange(on: self)
            frontend.admit(exchange, parser.head, UnsafeRawBufferPointer(bytes))
        }
        append(exchange)
        if !exchange.keepsAlive { phase = .lastAnswer }
        if exchange.problem != nil {
            frontend.refuse(exchange)
        } else {
            frontend.perform(exchange, parser.head, UnsafeRawBufferPointer(bytes), body: parser.body)
        }
    }

    /// Bytes that are no request: one answer, then the end, because the next request's beginning is not known.
    private func refuse(_ error: HTTPError, _ bytes: UnsafeMutableRawBufferPointer) {
        let exchange = admitted ?? frontend.makeExchange(on: self)
        admitted = nil
        exchange.keepsAlive = false
        append(exchange)
        phase = .lastAnswer
        frontend.refuseMalformed(exchange, error, parser.head, UnsafeRawBufferPointer(bytes))
    }

    private func append(_ exchange: Exchange) {
        exchanges.append(exchange)
        wait = .answers
    }

    // MARK: Writing

    /// An exchange has its whole answer: writes it, and those behind it that were waiting for it.
    func finished(_ exchange: Exchange) {
        guard phase != .closed else { return }
        guard exchanges.first === exchange else { return }
        while let first = exchanges.first, first.isAnswered {
            if output.isEmpty {
                swap(&output, &first.response)
            } else {
                output.append(contentsOf: first.response)
            }
            exchanges.removeFirst()
            frontend.recycle(first)
        }
        scheduleFlush()
    }

    private func scheduleFlush() {
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        frontend.flushAtTurnEnd(self)
    }

    func flush() {
        isFlushScheduled = false
        guard phase != .closed else { return }
        while outputSentCount < output.count {
            let outcome = output.withUnsafeBytes {
                Socket.send(UnsafeRawBufferPointer(rebasing: $0[outputSentCount...]), to: socket.rawValue)
            }
            switch outcome {
            case .bytes(let count): outputSentCount += count
            case .wouldBlock:
                waitFor(.drain, frontend.limits.idle, unlessAlready: true)
                updateWatch()
                return
            case .closed:
                close()
                return
            }
        }
        if output.capacity > Self.outputCapacityKept { output = [] } else { output.removeAll(keepingCapacity: true) }
        outputSentCount = 0
        if phase == .lastAnswer, exchanges.isEmpty { return linger() }
        if wait == .drain { wait = .answers }
        if phase == .open {
            if !received.isEmpty {
                consumeReceived()  // requests that had to wait for room in the pipeline
            } else if exchanges.isEmpty, admitted == nil {
                waitFor(.nextRequest, frontend.limits.idle)
            }
        }
        updateWatch()
    }

    /// An output buffer larger than this is given back after it has been sent.
    private static let outputCapacityKept = 16 * 1024

    // MARK: Ending

    /// No further request is taken; what was taken is answered. For a server that stops.
    func drain() {
        guard phase == .open else { return }
        if exchanges.isEmpty, admitted == nil, output.isEmpty {
            close()
        } else {
            phase = .lastAnswer
            exchanges.last?.keepsAlive = false
        }
    }

    /// Whether time is up at `now`. Called for every connection a few times a second.
    func expire(at now: ContinuousClock.Instant) {
        guard now >= deadline else { return }
        switch wait {
        case .answers: break  // the statement's own timeout ends it
        case .firstByte, .nextRequest, .linger, .drain: close()
        case .head, .body:
            guard phase == .open else { return close() }
            let exchange = admitted ?? frontend.makeExchange(on: self)
            admitted = nil
            exchange.keepsAlive = false
            append(exchange)
            phase = .lastAnswer
            frontend.refuseTimedOut(exchange)
        }
    }

    private func peerFinished() {
        // A client may shut its sending side and still read; but one that went away looks the same, and its queries
        // should end. So what has no answer yet is given up: nobody half-closes an HTTP connection on purpose.
        close()
    }

    private func linger() {
        phase = .lingering
        Socket.finishSending(socket.rawValue)
        waitFor(.linger, Self.lingerDuration)
        updateWatch()
    }

    func close() {
        guard phase != .closed else { return }
        phase = .closed
        for exchange in exchanges { frontend.abandon(exchange) }
        if let admitted { frontend.abandon(admitted) }
        exchanges = []
        admitted = nil
        received = []
        output = []
        frontend.loop.unwatch(socket.rawValue)
        frontend.closed(self)
    }

    private func waitFor(_ wait: Wait, _ duration: Duration, unlessAlready: Bool = false) {
        if unlessAlready, self.wait == wait { return }
        self.wait = wait
        deadline = frontend.loop.now + duration
    }

    private func updateWatch() {
        guard phase != .closed else { return }
        var wanted: Interest = []
        // A client over its pipeline's depth is left to its socket's buffer; reading its end is given up for that time.
        if phase != .open || canTakeRequest { wanted.insert(.readable) }
        if outputSentCount < output.count, !isFlushScheduled { wanted.insert(.writable) }
        guard wanted != interest else { return }
        interest = wanted
        frontend.loop.watch(socket.rawValue, for: wanted, self)
    }
}
