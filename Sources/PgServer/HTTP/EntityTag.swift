/// Compares entity tags for `If-None-Match` (RFC 9110 §8.8.3, §13.1.2).
enum EntityTag {
    /// Whether the list names the tag, or is `*`. Weak comparison: `W/` counts for nothing.
    ///
    /// A list that is broken names what stands before the break, and nothing else.
    ///
    /// - Parameters:
    ///   - list: The value of one `If-None-Match` field.
    ///   - tag: The current tag, quotes included, such as `"5f2a"` or `W/"5f2a"`.
    static func isNamed(in list: Span<UInt8>, _ tag: Span<UInt8>) -> Bool {
        if list.count == 1, list[0] == HTTPByte.asterisk { return true }
        guard let wanted = opaqueTag(of: tag, at: 0) else { return false }
        var index = 0
        while index < list.count {
            if HTTPByte.isWhitespace(list[index]) || list[index] == HTTPByte.comma {
                index += 1
                continue
            }
            guard let candidate = opaqueTag(of: list, at: index) else { return false }
            if candidate.count == wanted.count,
                candidate.indices.allSatisfy({
                    list[$0] == tag[$0 - candidate.lowerBound + wanted.lowerBound]
                })
            {
                return true
            }
            index = candidate.upperBound
            while index < list.count, HTTPByte.isWhitespace(list[index]) { index += 1 }
            guard index == list.count || list[index] == HTTPByte.comma else { return false }
        }
        return false
    }

    /// The tag that begins at `start`, from quote to quote and without its `W/`; nil if there is none.
    private static func opaqueTag(of bytes: Span<UInt8>, at start: Int) -> Range<Int>? {
        var quote = start
        if start + 1 < bytes.count, bytes[start] == UInt8(ascii: "W"), bytes[start + 1] == HTTPByte.slash { quote += 2 }
        guard quote < bytes.count, bytes[quote] == HTTPByte.quote else { return nil }
        var end = quote + 1
        while end < bytes.count, bytes[end] != HTTPByte.quote {
            guard bytes[end] > HTTPByte.space, bytes[end] != HTTPByte.delete else { return nil }
            end += 1
        }
        return end < bytes.count ? quote..<(end + 1) : nil
    }
}
