/// Decodes a body that is passed on piece by piece and never held as a whole.
///
///     more ──a piece──▶ more ──the last──▶ complete
struct StreamedBody: Sendable {
    /// What was found in the bytes that were given.
    struct Piece: Equatable, Sendable {
        /// Where the decoded bytes lie.
        var data: Range<Int>
        /// How many bytes are done with; those behind are to be given again.
        var consumed: Int
    }

    private enum Framing { case fixed(left: Int), chunked(ChunkedDecoder) }

    private var framing: Framing
    private let limits: HTTPLimits
    private let byteCountMax: Int
    private(set) var isComplete: Bool
    /// Decoded so far.
    private(set) var byteCount = 0

    /// - Parameter byteCountMax: The largest decoded body.
    /// - Throws: `.bodyTooLarge` if the head says so.
    init(of head: borrowing RequestHead, limits: HTTPLimits, byteCountMax: Int) throws(HTTPError) {
        self.limits = limits
        self.byteCountMax = byteCountMax
        if head.isChunked {
            framing = .chunked(ChunkedDecoder(at: 0))
            isComplete = false
        } else {
            let length = head.contentLength ?? 0
            guard length <= byteCountMax else { throw .bodyTooLarge }
            framing = .fixed(left: length)
            isComplete = length == 0
        }
    }

    /// Reads on.
    ///
    /// - Parameter bytes: All that came and is not consumed. The bytes of a chunked body are moved within it.
    mutating func take(_ bytes: UnsafeMutableRawBufferPointer) throws(HTTPError) -> Piece {
        let piece: Piece
        switch framing {
        case .fixed(let left):
            let count = min(left, bytes.count)
            framing = .fixed(left: left - count)
            isComplete = count == left
            piece = Piece(data: 0..<count, consumed: count)
        case .chunked(var decoder):
            var span = bytes.assumingMemoryBound(to: UInt8.self).mutableSpan
            isComplete = try decoder.decode(&span, limits: limits, bodyByteCountMax: byteCountMax - byteCount)
            let data = decoder.decodedStart..<decoder.decodedEnd
            piece = Piece(data: data, consumed: decoder.release())
            framing = .chunked(decoder)
        }
        byteCount += piece.data.count
        return piece
    }
}
