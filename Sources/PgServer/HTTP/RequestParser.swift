/// Reads the requests of one connection, one after another (RFC 9112, HTTP/1.1 and 1.0).
///
///     head ──no body──────────────────────────▶ complete ──reset()──▶ head
///      └──▶ .head reported once ──▶ body ───────▲
///
/// Refuses what it does not understand and repairs nothing. It holds no bytes: each call gets all bytes of the
/// connection that are not consumed, from the first byte of the current request, and goes on where the call before
/// stopped. Once it has thrown it throws the same error again; the connection is to be answered and closed.
struct RequestParser: Sendable {
    enum Progress: Equatable, Sendable {
        /// The bytes so far are the beginning of a request.
        case needsMore
        /// The head is complete and a body follows. Said once a request and only of one with a body, so that the caller
        /// can route it, set ``RequestParser/bodyByteCountMax``, refuse it, or send `100 Continue`.
        case head
        /// The request is complete. The next one begins `consumed` bytes further on.
        case complete(consumed: Int)
    }

    private enum Stage { case head, headReported, fixedBody, chunkedBody, complete(consumed: Int), failed(HTTPError) }

    let limits: HTTPLimits
    /// The request line and the fields; whole from `.head` or `.complete` on.
    private(set) var head = RequestHead()
    /// Where the decoded body lies, once the request is complete: contiguous, and within the request's own bytes.
    private(set) var body = 0..<0
    /// The largest decoded body of this request. May be changed when `.head` is reported; ``reset()`` restores it.
    var bodyByteCountMax: Int {
        didSet { precondition((0...Framing.lengthMax).contains(bodyByteCountMax)) }
    }

    private var stage = Stage.head
    private var headParser = RequestHeadParser()
    private var chunks = ChunkedDecoder(at: 0)

    init(limits: HTTPLimits) {
        precondition((1..<Int(UInt16.max)).contains(limits.fieldCountMax), "fields are numbered in 16 bits")
        precondition((1..<Int(Int32.max)).contains(limits.headByteCountMax), "places in the head have 32 bits")
        precondition((1..<Int(Int32.max)).contains(limits.lineByteCountMax), "places in the head have 32 bits")
        precondition((0...Framing.lengthMax).contains(limits.bodyByteCountMax))
        precondition((0...Framing.lengthMax).contains(limits.trailerByteCountMax))
        self.limits = limits
        bodyByteCountMax = limits.bodyByteCountMax
        head.fields.reserveCapacity(min(limits.fieldCountMax, Self.usualFieldCount))
    }

    /// Browsers send about fifteen fields, programs about five.
    private static let usualFieldCount = 24

    /// Reads on.
    ///
    /// - Parameter bytes: All bytes from the first of the current request on. Those of a chunked body are changed,
    ///   and must be handed in again as they were left.
    mutating func parse(_ bytes: UnsafeMutableRawBufferPointer) throws(HTTPError) -> Progress {
        var span = bytes.assumingMemoryBound(to: UInt8.self).mutableSpan
        return try parse(&span)
    }

    /// Reads on. See ``parse(_:)-(UnsafeMutableRawBufferPointer)``.
    mutating func parse(_ bytes: inout MutableSpan<UInt8>) throws(HTTPError) -> Progress {
        do throws(HTTPError) {
            return try readOn(&bytes)
        } catch {
            stage = .failed(error)
            throw error
        }
    }

    /// Gives back the room that the frames of a chunked body have taken so far, before a caller grows its buffer.
    ///
    /// - Parameter bytes: As for `parse`. The bytes not yet read move down.
    /// - Returns: How many of the bytes are still in use; what is read next goes behind them.
    mutating func compact(_ bytes: UnsafeMutableRawBufferPointer) -> Int {
        guard case .chunkedBody = stage else { return bytes.count }
        var span = bytes.assumingMemoryBound(to: UInt8.self).mutableSpan
        return chunks.compact(&span)
    }

    /// Makes ready for the request behind a complete one.
    mutating func reset() {
        head.reset()
        body = 0..<0
        bodyByteCountMax = limits.bodyByteCountMax
        stage = .head
        headParser = RequestHeadParser()
    }

    private mutating func readOn(_ bytes: inout MutableSpan<UInt8>) throws(HTTPError) -> Progress {
        switch stage {
        case .head:
            guard try headParser.parse(bytes.span, limits: limits, into: &head) else { return .needsMore }
            guard head.hasBody else { return complete(body: head.byteCount..<head.byteCount, at: head.byteCount) }
            stage = .headReported
            return .head
        case .headReported:
            if head.isChunked {
                chunks = ChunkedDecoder(at: head.byteCount)
                stage = .chunkedBody
            } else {
                guard let length = head.contentLength, length <= bodyByteCountMax else { throw .bodyTooLarge }
                stage = .fixedBody
            }
            return try readOn(&bytes)
        case .fixedBody:
            let end = head.byteCount + (head.contentLength ?? 0)
            guard end <= bytes.count else { return .needsMore }
            return complete(body: head.byteCount..<end, at: end)
        case .chunkedBody:
            guard try chunks.decode(&bytes, limits: limits, bodyByteCountMax: bodyByteCountMax) else {
                return .needsMore
            }
            return complete(body: head.byteCount..<chunks.decodedEnd, at: chunks.cursor)
        case .complete(let consumed):
            return .complete(consumed: consumed)
        case .failed(let error):
            throw error
        }
    }

    private mutating func complete(body: Range<Int>, at end: Int) -> Progress {
        self.body = body
        stage = .complete(consumed: end)
        return .complete(consumed: end)
    }
}
