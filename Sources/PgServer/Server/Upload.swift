/// A body on its way into the database.
///
///     opening ──ticket──▶ open ──the last chunk is in──▶ closing
///                          └── one chunk in flight at most, and one that fills meanwhile
///
/// The route's function is called in front of the body, where it may refuse it and what it returns is the upload's
/// ticket, and again behind it. Between the two the route's chunk function takes the bytes, each time in a transaction
/// of its own.
final class Upload {
    enum Phase { case opening, open, closing }

    private(set) var phase = Phase.opening
    var body: StreamedBody
    /// What the function returned before the body: JSON that only SQL understands.
    private(set) var ticket: [UInt8] = []
    /// Bytes that came and were not handed over.
    private(set) var pending: [UInt8] = []
    private(set) var isChunkInFlight = false
    private(set) var chunkCount = 0
    /// Bytes since the client was last given time.
    var progressByteCount = 0
    private let digest = RunningDigest(.sha256)
    private var hash: [UInt8] = []

    /// Bytes of every chunk but the last.
    static let chunkByteCount = 1 << 20

    init(_ body: StreamedBody) { self.body = body }

    /// Whether bytes of the body may be read now. There may come a little more than fits one chunk.
    var wantsBytes: Bool { phase == .open && !body.isComplete && pending.count < Self.chunkByteCount }

    func open(ticket: [UInt8]) {
        self.ticket = ticket
        phase = .open
    }

    func add(_ bytes: UnsafeRawBufferPointer) {
        digest.add(bytes)
        pending.append(contentsOf: bytes)
        progressByteCount += bytes.count
    }

    /// Fills in the arguments of the chunk function.
    ///
    /// - Returns: false if there is nothing to hand over yet.
    func takeChunk(into arguments: inout ArgumentBuffer) -> Bool {
        guard phase == .open, !isChunkInFlight, !pending.isEmpty,
            pending.count >= Self.chunkByteCount || body.isComplete
        else { return false }
        let count = min(pending.count, Self.chunkByteCount)
        arguments.removeAll()
        do throws(ArgumentBuffer.Fault) { try arguments.append(ticket.span) } catch {
            preconditionFailure("PostgreSQL's JSON holds no zero byte")
        }
        arguments.append(chunkCount)
        arguments.append(binary: pending.span.extracting(0..<count))
        pending.removeFirst(count)
        chunkCount += 1
        isChunkInFlight = true
        return true
    }

    func chunkTaken() { isChunkInFlight = false }

    /// All bytes are in: what is left is the route's function.
    ///
    /// - Returns: false if they are not.
    func close() -> Bool {
        guard phase == .open, body.isComplete, pending.isEmpty, !isChunkInFlight else { return false }
        phase = .closing
        pending = []
        hash = digest.finish()
        return true
    }

    /// What the route's function is told of the upload; nil in front of the body.
    var json: [UInt8]? {
        guard phase == .closing else { return nil }
        var json = Array("{\"ticket\":".utf8)
        json += ticket
        json += Array(",\"size_bytes\":\(body.byteCount),\"chunks\":\(chunkCount),\"sha256\":\"".utf8)
        let digits = Array("0123456789abcdef".utf8)
        for byte in hash { json += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
        json += Array("\"}".utf8)
        return json
    }
}
