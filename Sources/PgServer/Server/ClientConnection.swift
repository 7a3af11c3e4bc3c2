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

    /// What the client is given time to send.
    private enum Wait { case nothing, handshake, firstByte, head, body, nextRequest }

    /// Time for which a client's bytes are thrown away after the last answer.
    static let lingerDuration = Duration.seconds(2)
    /// Bytes thrown away at most while lingering.
    static let lingerByteCountMax = 1 << 20
    /// Output that may wait for a client that does not read, beyond which no further request of it is read.
    static let outputByteCountMax = 1 << 20
    /// Requests and answers that come and go within a turn are counted only if they are larger.
    static let countedByteCountMin = 16 * 1024

    let peer: String
    let peerAddress: ClientAddress
    let frontend: Frontend
    /// Nil once it is handed over.
    private var socket: ClientSocket?
    private let descriptor: Int32
    private var parser: RequestParser
    private var phase = Phase.open
    /// Bytes that were received and not consumed: the beginning of a request, or requests over the pipeline's depth.
    private var received: [UInt8] = []
    private var exchanges: [Exchange] = []
    private var output: [UInt8] = []
    private var outputSentCount = 0
    private var isFlushScheduled = false
    private var interest = Interest.readable
    /// What is read next, and until when it must have come. It runs on while answers are awaited or written.
    private var wait: Wait
    private var readDeadline: ContinuousClock.Instant
    /// Until when the client must have taken what is being written, or shut its side after the last answer.
    private var writeDeadline: ContinuousClock.Instant?
    private var lingeredByteCount = 0
    private var hasPeerFinished = false
    private var isDraining = false
    private var isRetiring = false
    /// Whether the client waits for `100 Continue` behind answers that come first.
    private var owesContinue = false
    /// What was decided about the request whose body is still arriving.
    private var admitted: Exchange?
    /// The request whose body is being streamed, the last of ``exchanges``.
    private var streaming: Exchange?
    /// Whether bytes are being worked on: what could be read on for then is found there.
    private var isConsuming = false
    /// The stream that gets the socket when its head is written.
    private var successor: StreamListener?
    /// Whether the client sent more behind the request that opens a stream.
    private var hasStrayBytes = false
    /// What is counted of this connection in ``Frontend/heldByteCount``.
    private(set) var heldByteCount = 0
    /// The index in the frontend's list, kept by the frontend.
    var place = 0
    /// Whether it is over the limit of connections.
    var isRefused = false

    init(_ socket: consuming ClientSocket, peer: String, frontend: Frontend) {
        descriptor = socket.descriptor
        wait = socket.isHandshaking ? .handshake : .firstByte
        self.socket = consume socket
        self.peer = peer
        peerAddress = ClientAddress(parsing: Array(peer.utf8).span) ?? ClientAddress(v4: 0)
        self.frontend = frontend
        parser = RequestParser(limits: frontend.limits)
        readDeadline =
            frontend.loop.now + (wait == .handshake ? frontend.limits.timeToSecure : frontend.limits.timeToFirstByte)
    }

    func start() { frontend.loop.watch(descriptor, for: .readable, self) }

    // MARK: Reading

    func ready(_ readiness: Interest) {
        if wait == .handshake { return shakeHands() }
        if readiness.contains(.writable), !output.isEmpty { flush() }
        if phase == .closed { return }
        if readiness.contains(.readable) || readsWhenWritable {
            receive()
        } else if readiness.contains(.peerEnd) {
            peerFinished()
        }
    }

    /// Goes on with the handshake of TLS, if it is this connection's turn.
    private func shakeHands() {
        guard frontend.takeHandshakeStep() else { return }  // what is ready now is reported again in the next turn
        switch socket?.handshake() ?? .failed {
        case .done:
            frontend.metrics.handshakes += 1
            waitFor(.firstByte, frontend.limits.timeToFirstByte)
            watch(for: .readable)
        case .wantsRead: watch(for: .readable)
        case .wantsWrite: watch(for: .writable)
        case .clear:
            waitFor(.nothing, .zero)
            end(with: frontend.clearTextRefusal())
        case .failed:
            frontend.metrics.handshakesFailed += 1
            close()
        }
    }

    private var readsWhenWritable: Bool { socket?.readsWhenWritable ?? false }

    private func receive() {
        let outcome = socket?.receive(into: frontend.receiveBuffer) ?? .closed
        guard case .bytes(let count) = outcome else {
            if outcome == .closed { return peerFinished() }
            return updateWatch()
        }
        switch phase {
        case .open: take(UnsafeMutableRawBufferPointer(rebasing: frontend.receiveBuffer[..<count]))
        case .lastAnswer, .closed: hasStrayBytes = true  // thrown away: its requests would not be answered
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
            if count < bytes.count {
                if phase == .open { received.append(contentsOf: bytes[count...]) } else { hasStrayBytes = true }
            }
        } else {
            // What the frames of a chunked body took is given back first, so that no body takes more than its limit.
            let count = received.withUnsafeMutableBytes { parser.compact($0) }
            received.removeLast(received.count - count)
            received.append(contentsOf: bytes)
            consumeReceived()
        }
        if heldByteCount > 0 || !received.isEmpty || bytes.count >= Self.countedByteCountMin { countHeld() }
        updateWatch()
    }

    /// Tells the frontend how much memory this client takes.
    private func countHeld() {
        guard phase != .closed else { return }
        let count = exchanges.reduce(received.count + output.count) { $0 + $1.heldByteCount }
        frontend.heldByteCount += count - heldByteCount
        heldByteCount = count
    }

    private func forgetHeld() {
        frontend.heldByteCount -= heldByteCount
        heldByteCount = 0
    }

    /// This client holds more than others while there is no room: what it is sending is refused, what it does not take
    /// is lost.
    func cutOff() {
        guard phase == .open, exchanges.isEmpty, output.isEmpty, !received.isEmpty else { return close() }
        let exchange = admitted ?? frontend.makeExchange(on: self)
        admitted = nil
        exchange.keepsAlive = false
        exchanges.append(exchange)
        phase = .lastAnswer
        wait = .nothing
        received = []
        forgetHeld()
        frontend.refuseForRoom(exchange)
    }

    private func consumeReceived() {
        let count = received.withUnsafeMutableBytes { consume($0) }
        if phase != .open || count == received.count {
            if count < received.count { hasStrayBytes = true }
            received = []
        } else if count > 0 {
            received = Array(received[count...])  // and not the room that a large body took
        }
    }

    /// Parses and dispatches as many requests as there are, and as the pipeline's depth allows.
    private func consume(_ bytes: UnsafeMutableRawBufferPointer) -> Int {
        isConsuming = true
        defer { isConsuming = false }
        var offset = 0
        while phase == .open, offset < bytes.count, canRead {
            let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[offset...])
            do throws(HTTPError) {
                if let exchange = streaming, let upload = exchange.upload {
                    let count = try takeBody(rest, of: exchange, upload)
                    offset += count
                    if count == 0 { break }
                    continue
                }
                switch try parser.parse(rest) {
                case .needsMore:
                    if admitted == nil {
                        waitFor(.head, frontend.limits.timeToHead, unlessAlready: true)
                    } else {
                        waitFor(.body, frontend.limits.timeToBody, unlessAlready: true)
                    }
                    return offset
                case .head:
                    headArrived(rest)
                    if streaming != nil {
                        offset += parser.head.byteCount
                        parser.reset()
                    }
                case .complete(let consumed):
                    requestArrived(rest)
                    parser.reset()
                    offset += consumed
                }
            } catch {
                refuse(error, rest)
            }
        }
        // All that came is taken, or no more may be for now.
        if streaming != nil {
            waitForBody()
        } else if phase == .open, exchanges.isEmpty, offset == bytes.count {
            waitFor(.nextRequest, frontend.limits.idle)
        } else {
            wait = .nothing
        }
        return offset
    }

    private var canTakeRequest: Bool {
        exchanges.count < frontend.limits.pipelineDepthMax && output.count - outputSentCount < Self.outputByteCountMax
    }

    private var canRead: Bool {
        guard let streaming else { return canTakeRequest }
        return streaming.upload?.wantsBytes ?? false
    }

    // MARK: Streamed bodies

    /// Gives the client time for as long as it is waited for, and more of it only for bytes.
    private func waitForBody() {
        guard phase == .open, let upload = streaming?.upload, upload.wantsBytes else { return wait = .nothing }
        guard wait != .body || upload.progressByteCount >= Self.progressByteCountMin else { return }
        upload.progressByteCount = 0
        waitFor(.body, frontend.limits.timeToBody)
    }

    private func takeBody(
        _ bytes: UnsafeMutableRawBufferPointer, of exchange: Exchange, _ upload: Upload
    ) throws(HTTPError) -> Int {
        owesContinue = false  // the client did not wait for it
        let piece = try upload.body.take(bytes)
        if upload.body.isComplete { bodyArrived(exchange) }
        frontend.take(UnsafeRawBufferPointer(rebasing: bytes[piece.data]), of: exchange, upload)
        return piece.consumed
    }

    /// Whatever follows is another request.
    private func bodyArrived(_ exchange: Exchange) {
        streaming = nil
        wait = .nothing
        if isDraining || isRetiring { exchange.keepsAlive = false }
        if !exchange.keepsAlive { phase = .lastAnswer }
    }

    /// Reads on, if that was held up: the body is wanted, or there is room for more of it.
    func bodyWanted(by exchange: Exchange) {
        guard phase == .open, streaming === exchange, !isConsuming else { return }
        sendContinue()
        if !received.isEmpty { consumeReceived() }
        waitForBody()
        countHeld()
        updateWatch()
    }

    /// The request is answered before its body is read: nothing follows.
    func bodyUnwanted(by exchange: Exchange) {
        guard phase == .open, streaming === exchange else { return }
        streaming = nil
        owesContinue = false
        phase = .lastAnswer
        wait = .nothing
    }

    /// The head is known and its body is not: decides what can be decided now, so that a refused body is not waited
    /// for, and asks for the body if the client wants to be asked.
    private func headArrived(_ bytes: UnsafeMutableRawBufferPointer) {
        let exchange = frontend.makeExchange(on: self)
        frontend.admit(exchange, parser.head, UnsafeRawBufferPointer(bytes))
        parser.bodyByteCountMax = exchange.bodyByteCountMax
        if exchange.problem == nil, let count = parser.head.contentLength, count > exchange.bodyByteCountMax {
            exchange.problem = Problem(.tooLarge)
        }
        if exchange.problem != nil {
            exchange.keepsAlive = false
            exchanges.append(exchange)
            phase = .lastAnswer
            frontend.refuse(exchange)
            return
        }
        if exchange.route?.chunks != nil {
            exchanges.append(exchange)
            streaming = exchange
            owesContinue = parser.head.expectsContinue
            return frontend.beginUpload(exchange, parser.head, UnsafeRawBufferPointer(bytes))
        }
        admitted = exchange
        waitFor(.body, frontend.limits.timeToBody)
        owesContinue = parser.head.expectsContinue
        sendContinue()
    }

    /// Asks for the body, once everything that was requested before is answered (RFC 9110 §10.1.1).
    private func sendContinue() {
        guard owesContinue, exchanges.isEmpty || exchanges.first === streaming && canRead else { return }
        owesContinue = false
        output.append(StatusLine.continuing)
        scheduleFlush()
    }

    private func requestArrived(_ bytes: UnsafeMutableRawBufferPointer) {
        let exchange: Exchange
        if let earlier = admitted {
            exchange = earlier
            admitted = nil
            owesContinue = false  // the client did not wait for it
            if isDraining || isRetiring { exchange.keepsAlive = false }
        } else {
            exchange = frontend.makeExchange(on: self)
            frontend.admit(exchange, parser.head, UnsafeRawBufferPointer(bytes))
        }
        exchanges.append(exchange)
        if !exchange.keepsAlive { phase = .lastAnswer }
        if exchange.problem != nil {
            frontend.refuse(exchange)
        } else if exchange.route?.chunks != nil {
            if parser.head.contentLength == nil { return frontend.refuse(exchange, Problem(.lengthRequired)) }
            frontend.beginUpload(exchange, parser.head, UnsafeRawBufferPointer(bytes))
        } else {
            frontend.perform(exchange, parser.head, UnsafeRawBufferPointer(bytes), body: parser.body)
        }
    }

    /// Bytes that are no request: one answer, then the end, because the next request's beginning is not known.
    private func refuse(_ error: HTTPError, _ bytes: UnsafeMutableRawBufferPointer) {
        let exchange = streaming ?? admitted ?? frontend.makeExchange(on: self)
        if streaming == nil { exchanges.append(exchange) }
        streaming = nil
        admitted = nil
        exchange.keepsAlive = false
        phase = .lastAnswer
        frontend.refuseMalformed(exchange, error, parser.head, UnsafeRawBufferPointer(bytes))
    }

    // MARK: Writing

    /// An exchange has its whole answer: writes it, and those behind it that were waiting for it.
    func finished(_ exchange: Exchange) {
        guard phase != .closed else { return }
        guard exchanges.first === exchange else { return countHeld() }
        while let first = exchanges.first, first.isAnswered {
            if output.isEmpty {
                swap(&output, &first.response)
            } else {
                output.append(contentsOf: first.response)
            }
            successor = first.listener
            first.listener = nil
            exchanges.removeFirst()
            frontend.recycle(first)
        }
        sendContinue()
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
        let sentCountBefore = outputSentCount
        while outputSentCount < output.count {
            let outcome = output.withUnsafeBytes {
                socket?.send(UnsafeRawBufferPointer(rebasing: $0[outputSentCount...])) ?? .closed
            }
            switch outcome {
            case .bytes(let count): outputSentCount += count
            case .wouldBlock:
                // More time for a client that takes much; the other one would keep its answer in memory for ever.
                if writeDeadline == nil || outputSentCount - sentCountBefore >= Self.progressByteCountMin {
                    writeDeadline = frontend.loop.now + frontend.limits.idle
                }
                countHeld()
                updateWatch()
                return
            case .closed:
                close()
                return
            }
        }
        if output.capacity > Self.outputCapacityKept { output = [] } else { output.removeAll(keepingCapacity: true) }
        outputSentCount = 0
        writeDeadline = nil
        if heldByteCount > 0 { countHeld() }
        if phase == .lastAnswer, exchanges.isEmpty {
            if successor != nil { return handOver() }
            return hasPeerFinished ? close() : linger()
        }
        if phase == .open {
            if !received.isEmpty {
                consumeReceived()  // requests that had to wait for room in the pipeline
            } else if exchanges.isEmpty {
                if isDraining {
                    phase = .lastAnswer
                    return linger()
                }
                waitFor(.nextRequest, frontend.limits.idle)
            }
        }
        updateWatch()
    }

    /// What a client that reads slowly must take in one piece to be given more time.
    private static let progressByteCountMin = 16 * 1024

    /// An output buffer larger than this is given back after it has been sent.
    private static let outputCapacityKept = 16 * 1024

    /// The head of a stream is written: from here on the socket is the listener's.
    private func handOver() {
        guard let listener = successor, let socket = socket.take() else { return close() }
        // Before the handshake's answer a client must not send a frame (RFC 6455 §4.1): what is lost of them could
        // not be told. What follows the request for an event stream has no meaning.
        guard !(listener.isWebSocket && hasStrayBytes) else {
            self.socket = consume socket
            return close()
        }
        successor = nil
        phase = .closed
        forgetHeld()
        output = []
        received = []
        listener.attach(socket)
        frontend.handedOver(self)
    }

    // MARK: Ending

    /// Sends a last answer, whatever the client sends.
    func end(with response: [UInt8]) {
        output = response
        phase = .lastAnswer
        wait = .nothing
        flush()
    }

    /// What was begun is finished, and the connection ends with its last answer. For a server that stops.
    func drain() {
        guard phase == .open else { return }
        guard wait != .handshake else { return close() }
        isDraining = true
        guard streaming == nil else { return }
        if received.isEmpty, canTakeRequest { receive() }  // a request may have come in this very turn
        guard phase == .open, received.isEmpty else { return }
        if exchanges.isEmpty, output.isEmpty { return close() }
        phase = .lastAnswer
        exchanges.last?.keepsAlive = false
        wait = .nothing
    }

    /// The next answer is the last. For a server whose place another one has taken: who is told so before the end can
    /// never have a request on the way to a connection that closes.
    func retire() {
        guard phase == .open else { return }
        isRetiring = true
        guard let last = exchanges.last, !last.isAnswered, received.isEmpty, streaming == nil else { return }
        last.keepsAlive = false
        phase = .lastAnswer
        wait = .nothing
    }

    /// Whether time is up at `now`. Called for every connection a few times a second.
    func expire(at now: ContinuousClock.Instant) {
        if let writeDeadline, now >= writeDeadline { return close() }
        guard phase == .open, now >= readDeadline else { return }
        switch wait {
        case .nothing: break  // answers are awaited, whose statements have a timeout of their own
        case .handshake:
            frontend.metrics.handshakesFailed += 1
            close()
        case .firstByte: close()
        case .nextRequest: if output.isEmpty { close() }  // else the client is still taking an answer
        case .head, .body:
            let exchange = streaming ?? admitted ?? frontend.makeExchange(on: self)
            if streaming == nil { exchanges.append(exchange) }
            streaming = nil
            admitted = nil
            exchange.keepsAlive = false
            phase = .lastAnswer
            received = []
            frontend.refuseTimedOut(exchange)
        }
    }

    /// The client will send no more.
    ///
    /// One that went away looks just like one that shut its sending side and still reads, and the queries of the
    /// former should end. So what has no answer yet is given up: nobody half-closes an HTTP connection on purpose.
    /// What is answered is delivered.
    private func peerFinished() {
        hasPeerFinished = true
        giveUp()
        guard outputSentCount < output.count, phase != .lingering else { return close() }
        phase = .lastAnswer
        updateWatch()
    }

    private func linger() {
        phase = .lingering
        socket?.finishSending()
        writeDeadline = frontend.loop.now + Self.lingerDuration
        updateWatch()
    }

    func close() {
        guard phase != .closed else { return }
        phase = .closed
        giveUp()
        forgetHeld()
        output = []
        frontend.loop.unwatch(descriptor)
        frontend.closed(self)
    }

    /// What has no answer yet will have none.
    private func giveUp() {
        if let admitted { frontend.abandon(admitted) }
        for exchange in exchanges {
            frontend.abandon(exchange)
            exchange.dropListener()
        }
        successor?.abandon()
        successor = nil
        admitted = nil
        streaming = nil
        exchanges = []
        received = []
    }

    private func waitFor(_ wait: Wait, _ duration: Duration, unlessAlready: Bool = false) {
        if unlessAlready, self.wait == wait { return }
        self.wait = wait
        readDeadline = frontend.loop.now + duration
    }

    private func updateWatch() {
        guard phase != .closed else { return }
        var wanted: Interest = []
        if readsWhenWritable {
            wanted = [.writable, .peerEnd]
        } else if !hasPeerFinished {
            // A client over its pipeline's depth is left to its socket's buffer; only its end is watched for.
            wanted.insert(phase != .open || canRead ? .readable : .peerEnd)
        }
        if outputSentCount < output.count, !isFlushScheduled { wanted.insert(.writable) }
        watch(for: wanted)
    }

    private func watch(for wanted: Interest) {
        guard wanted != interest else { return }
        interest = wanted
        frontend.loop.watch(descriptor, for: wanted, self)
    }
}
