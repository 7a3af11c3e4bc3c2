/// Reads field lines, one at a time, of a head or of the trailers of a chunked body (RFC 9112 §5).
///
///     start ──token──▶ name ──:──▶ padding ──▶ value ──CR──▶ lineFeed ──LF──▶ a field; start
///       └──CR──▶ lastLineFeed ──LF──▶ the end
///
/// Between two calls it remembers where it stopped, so that no byte is looked at twice.
struct FieldLineScanner: Sendable {
    enum Outcome {
        case needsMore
        case field(name: Range<Int>, value: Range<Int>)
        case end
    }

    private enum Phase { case start, name, padding, value, lineFeed, lastLineFeed }

    private var phase = Phase.start
    private var lineStart = 0
    private var nameEnd = 0
    private var valueStart = 0
    private var valueEnd = 0

    /// Follows the bytes of a line that is not complete to where they have been moved.
    mutating func moveDown(by count: Int) {
        lineStart -= count
        nameEnd -= count
        valueStart -= count
        valueEnd -= count
    }

    /// Reads on from `cursor`, at most to the end of one line.
    ///
    /// - Parameters:
    ///   - cursor: The first byte not yet read; moved.
    ///   - lineByteCountMax: The longest line, without its CRLF.
    ///   - sectionEnd: Where the last CRLF of the section must end at the latest.
    @inline(__always)
    mutating func next(
        in bytes: Span<UInt8>, at cursor: inout Int, lineByteCountMax: Int, sectionEnd: Int
    ) throws(HTTPError) -> Outcome {
        if phase == .start {
            guard cursor < bytes.count else { return .needsMore }
            guard cursor < sectionEnd else { throw .headTooLarge }
            lineStart = cursor
            let byte = bytes[cursor]
            if byte == HTTPByte.carriageReturn {
                cursor += 1
                phase = .lastLineFeed
            } else if HTTPByte.isWhitespace(byte) {
                throw .foldedField
            } else {
                phase = .name
            }
        }
        if phase == .lastLineFeed {
            guard try skipLineFeed(in: bytes, at: &cursor, sectionEnd: sectionEnd) else { return .needsMore }
            return .end
        }

        let lineEnd = min(lineStart + lineByteCountMax, sectionEnd)
        let end = min(bytes.count, lineEnd)
        var index = cursor
        defer { cursor = index }

        if phase == .name {
            while index < end, HTTPByte.isToken(bytes[index]) { index += 1 }
            guard index < end else { return try needMore(lineEnd: lineEnd, at: index) }
            guard bytes[index] == HTTPByte.colon, index > lineStart else { throw .malformedField }
            nameEnd = index
            index += 1
            phase = .padding
        }
        if phase == .padding {
            while index < end, HTTPByte.isWhitespace(bytes[index]) { index += 1 }
            // At the line's end the value may still be empty, which needs only the CR behind it.
            guard index < end || (index == lineEnd && index < bytes.count) else { return .needsMore }
            valueStart = index
            valueEnd = index
            phase = .value
        }
        if phase == .value {
            index = bytes.endOfFieldValue(from: index, to: end)
            guard index < bytes.count else { return .needsMore }
            guard bytes[index] == HTTPByte.carriageReturn else {
                throw index == lineEnd ? .headTooLarge : .malformedField
            }
            valueEnd = index
            while valueEnd > valueStart, HTTPByte.isWhitespace(bytes[valueEnd - 1]) { valueEnd -= 1 }
            index += 1
            phase = .lineFeed
        }
        guard try skipLineFeed(in: bytes, at: &index, sectionEnd: sectionEnd) else { return .needsMore }
        return .field(name: lineStart..<nameEnd, value: valueStart..<valueEnd)
    }

    private func needMore(lineEnd: Int, at index: Int) throws(HTTPError) -> Outcome {
        guard index < lineEnd else { throw .headTooLarge }
        return .needsMore
    }

    /// Ends a line, and with it the section's right to grow. False if the byte is not there yet.
    @inline(__always)
    private mutating func skipLineFeed(
        in bytes: Span<UInt8>, at index: inout Int, sectionEnd: Int
    ) throws(HTTPError) -> Bool {
        guard index < bytes.count else { return false }
        guard bytes[index] == HTTPByte.lineFeed else { throw .malformedField }
        index += 1
        guard index <= sectionEnd else { throw .headTooLarge }
        phase = .start
        return true
    }
}

extension Span<UInt8> {
    /// The first place in `start..<end` that no field value may hold, or `end`. Looks at eight bytes at a time.
    @inline(__always)
    fileprivate func endOfFieldValue(from start: Int, to end: Int) -> Int {
        var index = start
        while true {
            while index + 8 <= end, !bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self).holdsControl {
                index += 8
            }
            // The word holds a control character, perhaps a tab, or is cut short by the end: byte by byte.
            let wordEnd = Swift.min(index + 8, end)
            while index < wordEnd {
                guard HTTPByte.isFieldValue(self[index]) else { return index }
                index += 1
            }
            guard index < end else { return index }
        }
    }
}

extension UInt64 {
    /// Whether one of the eight bytes is below 0x20 or is 0x7F.
    @inline(__always)
    fileprivate var holdsControl: Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        let deletes = self ^ 0x7F7F_7F7F_7F7F_7F7F
        return (((self &- ones &* 0x20) & ~self) | ((deletes &- ones) & ~deletes)) & highs != 0
    }
}
