/// Decodes a chunked body in place (RFC 9112 §7.1): the data of each chunk moves down behind that of the one before.
///
///     size ──;──▶ extension ──CR──▶ sizeLineFeed ──LF──▶ data ──▶ dataEnd ──CR──▶ dataLineFeed ──LF──▶ size
///       └───────────CR────────────────▲         └─size 0─▶ trailers ──empty line──▶ done
///
/// Extensions are bounded and ignored. Trailers are bounded, checked and dropped: none becomes a field of the head
/// (§7.1.2). White space around the size is refused.
struct ChunkedDecoder: Sendable {
    private enum Phase { case size, `extension`, sizeLineFeed, data, dataEnd, dataLineFeed, trailers, done }

    /// Leading zeros are digits too, so this also bounds them. The largest number fits a `UInt64`.
    private static let sizeDigitCountMax = 16

    private var phase = Phase.size
    private(set) var cursor: Int
    private(set) var decodedEnd: Int
    private(set) var decodedStart: Int
    private var size: UInt64 = 0
    private var sizeDigitCount = 0
    private var extensionByteCount = 0
    private var trailerLines = FieldLineScanner()
    private var trailerCount = 0
    private var trailerStart = 0

    /// - Parameter start: Where the first chunk's size begins and the decoded body will.
    init(at start: Int) {
        cursor = start
        decodedStart = start
        decodedEnd = start
    }

    /// Reads on.
    ///
    /// - Returns: Whether the body is complete, up to ``decodedEnd``; the next request begins at ``cursor``.
    mutating func decode(
        _ bytes: inout MutableSpan<UInt8>, limits: borrowing HTTPLimits, bodyByteCountMax: Int
    ) throws(HTTPError) -> Bool {
        if phase == .trailers { return try readTrailers(bytes.span, limits: limits) }
        while cursor < bytes.count {
            switch phase {
            case .size:
                try readSize(bytes.span, bodyByteCountMax: bodyByteCountMax)
            case .extension:
                try readExtension(bytes.span, limits: limits)
            case .sizeLineFeed:
                guard bytes[cursor] == HTTPByte.lineFeed else { throw .malformedChunk }
                cursor += 1
                phase = .data
                if size == 0 {
                    phase = .trailers
                    trailerStart = cursor
                    return try readTrailers(bytes.span, limits: limits)
                }
            case .data:
                moveData(in: &bytes)
            case .dataEnd:
                guard bytes[cursor] == HTTPByte.carriageReturn else { throw .malformedChunk }
                cursor += 1
                phase = .dataLineFeed
            case .dataLineFeed:
                guard bytes[cursor] == HTTPByte.lineFeed else { throw .malformedChunk }
                cursor += 1
                phase = .size
            case .trailers, .done:
                return phase == .done
            }
        }
        return phase == .done
    }

    /// Moves the bytes not yet decoded down to the decoded ones, over what the chunks' frames have left between.
    ///
    /// Leaves trailers where they are, since they are few.
    ///
    /// - Returns: How many bytes are still in use.
    mutating func compact(_ bytes: inout MutableSpan<UInt8>) -> Int {
        guard phase != .trailers, phase != .done else { return bytes.count }
        let gap = cursor - decodedEnd
        let count = bytes.count - gap
        bytes.move(from: cursor, to: decodedEnd, count: bytes.count - cursor)
        cursor = decodedEnd
        return count
    }

    /// Lets go of what is decoded and read: the next bytes are given without it, from the first that is still needed.
    ///
    /// - Returns: How many bytes are not needed any more.
    mutating func release() -> Int {
        let count = phase == .trailers ? trailerStart : cursor
        if phase == .trailers {
            trailerLines.moveDown(by: trailerStart)
            trailerStart = 0
        }
        cursor -= count
        decodedStart = 0
        decodedEnd = 0
        return count
    }

    private mutating func readSize(_ bytes: Span<UInt8>, bodyByteCountMax: Int) throws(HTTPError) {
        while cursor < bytes.count, let digit = bytes[cursor].hexadecimalDigit {
            guard sizeDigitCount < Self.sizeDigitCountMax else { throw .malformedChunk }
            size = size << 4 | UInt64(digit)
            sizeDigitCount += 1
            cursor += 1
        }
        guard cursor < bytes.count else { return }
        guard sizeDigitCount > 0 else { throw .malformedChunk }
        let room = max(0, bodyByteCountMax - (decodedEnd - decodedStart))
        guard size <= UInt64(room) else { throw .bodyTooLarge }
        switch bytes[cursor] {
        case HTTPByte.carriageReturn: phase = .sizeLineFeed
        case HTTPByte.semicolon: phase = .extension
        default: throw .malformedChunk
        }
        sizeDigitCount = 0
        cursor += 1
    }

    private mutating func readExtension(_ bytes: Span<UInt8>, limits: borrowing HTTPLimits) throws(HTTPError) {
        while cursor < bytes.count, HTTPByte.isFieldValue(bytes[cursor]) {
            extensionByteCount += 1
            guard extensionByteCount <= limits.chunkExtensionByteCountMax else { throw .malformedChunk }
            cursor += 1
        }
        guard cursor < bytes.count else { return }
        guard bytes[cursor] == HTTPByte.carriageReturn else { throw .malformedChunk }
        cursor += 1
        phase = .sizeLineFeed
    }

    private mutating func moveData(in bytes: inout MutableSpan<UInt8>) {
        let count = Int(min(size, UInt64(bytes.count - cursor)))
        bytes.move(from: cursor, to: decodedEnd, count: count)
        cursor += count
        decodedEnd += count
        size -= UInt64(count)
        if size == 0 { phase = .dataEnd }
    }

    private mutating func readTrailers(_ bytes: Span<UInt8>, limits: borrowing HTTPLimits) throws(HTTPError) -> Bool {
        while true {
            let outcome = try trailerLines.next(
                in: bytes, at: &cursor, lineByteCountMax: limits.lineByteCountMax,
                sectionEnd: trailerStart + limits.trailerByteCountMax)
            switch outcome {
            case .needsMore:
                return false
            case .end:
                phase = .done
                return true
            case .field:
                trailerCount += 1
                guard trailerCount <= limits.fieldCountMax else { throw .headTooLarge }
            }
        }
    }
}

extension MutableSpan<UInt8> {
    /// Copies bytes from one place to another one; the places may overlap.
    fileprivate mutating func move(from source: Int, to destination: Int, count: Int) {
        guard source != destination, count > 0 else { return }
        precondition(source >= 0 && destination >= 0 && max(source, destination) + count <= self.count)
        withUnsafeMutableBytes { bytes in
            UnsafeMutableRawBufferPointer(rebasing: bytes[destination..<(destination + count)])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[source..<(source + count)]))
        }
    }
}
