/// The elements of a comma-separated field value, without the white space around them (RFC 9110 §5.6.1).
///
/// Skips empty elements. Knows nothing of quoted strings: for lists of tokens.
struct ListElements {
    private var rest: Range<Int>

    init(of value: Range<Int>) { rest = value }

    /// The next element's place in `bytes`, or nil after the last.
    mutating func next(in bytes: Span<UInt8>) -> Range<Int>? {
        while !rest.isEmpty {
            var end = rest.lowerBound
            while end < rest.upperBound, bytes[end] != HTTPByte.comma { end += 1 }
            let element = bytes.trimmingWhitespace(of: rest.lowerBound..<end)
            rest = min(end + 1, rest.upperBound)..<rest.upperBound
            if !element.isEmpty { return element }
        }
        return nil
    }
}

extension Span<UInt8> {
    /// The part of `range` that neither begins nor ends with a space or tab.
    func trimmingWhitespace(of range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, HTTPByte.isWhitespace(self[start]) { start += 1 }
        while end > start, HTTPByte.isWhitespace(self[end - 1]) { end -= 1 }
        return start..<end
    }
}
