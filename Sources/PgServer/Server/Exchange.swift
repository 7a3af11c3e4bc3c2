/// One request and its answer, from the first look at its head until its last byte is handed to the socket.
///
///     admitted ──▶ performed ──▶ answered
///        └── refused at any step: a ``Problem`` ──▶ answered
///
/// Reused by its reactor: what an ordinary request needs is allocated once.
final class Exchange: TransactionOwner {
    /// Nil once the client has gone.
    weak var connection: ClientConnection?
    var startedAt: ContinuousClock.Instant
    var requestID = RequestID(high: 0, low: 0)
    /// The catalog this request is served by, whatever is installed meanwhile.
    var catalog: Catalog?
    var route: Route?
    /// The index of its contract's dialect in ``catalog``.
    var dialect = 0
    var method = Method.get
    var captures = Captures()
    var keepsAlive = true
    var bodyByteCountMax = 0
    /// Why it is refused, if it is.
    var problem: Problem?
    /// The methods of the path, for `Allow`.
    var allowed: MethodSet?
    /// Whether it is an OPTIONS request that the server answers itself.
    var isOptions = false
    var principal: Principal?
    var rate: RateDecision?
    /// Whether the answer is one that was given before, to a request with the same key.
    var isReplay = false

    // What the answer needs of the request once its bytes are gone.
    var address = ""
    var clientAddress = ClientAddress(v4: 0)
    var path: [UInt8] = []
    var query: [UInt8] = []
    var ifNoneMatch: [UInt8] = []
    var origin: [UInt8] = []
    var traceparent: [UInt8] = []
    /// Which of the plan's calls was bound.
    var call = 0
    /// An API key that SQL has yet to say whose it is.
    var unknownKey: [UInt8]?
    /// What the log names a refusal by.
    var errorCode = ""

    /// The handshake of a request that opens a WebSocket.
    var handshake: WebSocketHandshake?
    /// The subprotocol that is answered.
    var subprotocol: String?
    /// The stream it opens; the connection hands its socket over to it behind the answer.
    var listener: StreamListener?

    /// Its body, if that is streamed.
    var upload: Upload?

    /// The whole request, to begin it again when its credential is known or the catalog has changed under it.
    var kept = KeptRequest()
    /// How often it was begun again because the catalog had changed.
    var restartCount = 0
    var parkedAt: ContinuousClock.Instant

    let transaction: Transaction
    var isAbandoned = false
    var isAnswered = false
    /// The answer's bytes.
    var response: [UInt8] = []
    var status = 0
    var responseBodyByteCount = 0

    init(transaction: Transaction, startedAt: ContinuousClock.Instant) {
        self.transaction = transaction
        self.startedAt = startedAt
        parkedAt = startedAt
    }

    var currentDialect: Dialect? { catalog?.dialects[dialect] }

    func answered(_ transaction: Transaction, _ answer: consuming Answer) {
        connection?.frontend.answered(self, answer)
    }

    /// What it keeps in memory that a client decides the size of.
    var heldByteCount: Int {
        response.count + kept.bytes.count + transaction.callArguments.bytes.count + (upload?.pending.count ?? 0)
    }

    /// Whether what it has allocated is worth keeping for another request.
    func isSmall(_ byteCountMax: Int) -> Bool {
        response.capacity <= byteCountMax && kept.bytes.capacity <= byteCountMax
            && transaction.callArguments.bytes.capacity <= byteCountMax
            && transaction.claimArguments.bytes.capacity <= byteCountMax
    }

    /// Makes it as new, keeping its memory.
    func reset(on connection: ClientConnection, startedAt: ContinuousClock.Instant) {
        self.connection = connection
        self.startedAt = startedAt
        address = connection.peer
        method = .get
        keepsAlive = true
        isAbandoned = false
        isAnswered = false
        restartCount = 0
        transaction.isAbandoned = false
        transaction.attempts = Transaction.Attempts()
        response.removeAll(keepingCapacity: true)
        path.removeAll(keepingCapacity: true)
        query.removeAll(keepingCapacity: true)
        ifNoneMatch.removeAll(keepingCapacity: true)
        origin.removeAll(keepingCapacity: true)
        traceparent.removeAll(keepingCapacity: true)
        kept.bytes.removeAll(keepingCapacity: true)
        rate = nil
        upload = nil
        forgetDecisions()
    }

    /// Forgets what was decided so far, to begin the same request again. What it was charged stays.
    func forgetDecisions() {
        catalog = nil
        route = nil
        dialect = 0
        captures.truncate(to: 0)
        problem = nil
        allowed = nil
        isOptions = false
        principal = nil
        isReplay = false
        call = 0
        unknownKey = nil
        errorCode = ""
        status = 0
        responseBodyByteCount = 0
        handshake = nil
        subprotocol = nil
        dropListener()
    }

    /// Frees what a stream has reserved that is not opened after all.
    func dropListener() {
        listener?.abandon()
        listener = nil
    }
}

/// A copy of a request, to go on with after an answer that had to be awaited. Its head is read again if that comes to
/// pass: to copy the bytes costs little, to copy what was read of them an allocation.
struct KeptRequest {
    var bytes: [UInt8] = []
    var body = 0..<0
}
