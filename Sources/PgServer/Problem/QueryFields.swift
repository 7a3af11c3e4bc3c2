/// Walks the `name=value` fields of a query, as received: nothing is decoded. Empty ones, as in `a&&b`, are passed over.
struct QueryFields {
    struct Field: Equatable {
        var name: Range<Int>
        var value: Range<Int>
        var range: Range<Int> { name.lowerBound..<value.upperBound }
    }

    private var position = 0

    mutating func next(in query: Span<UInt8>) -> Field? {
        while position < query.count {
            let start = position
            var equals: Int?
            while position < query.count, query[position] != UInt8(ascii: "&") {
                if equals == nil, query[position] == UInt8(ascii: "=") { equals = position }
                position += 1
            }
            let end = position
            position += 1  // past the `&`
            guard end > start else { continue }
            return Field(name: start..<(equals ?? end), value: (equals.map { $0 + 1 } ?? end)..<end)
        }
        return nil
    }

    /// Whether an encoded name stands for this one. Bytes are compared as they decode, without a copy.
    static func isEqual(_ encoded: Span<UInt8>, _ name: String) -> Bool {
        var position = 0
        for byte in name.utf8 {
            guard position < encoded.count else { return false }
            switch encoded[position] {
            case UInt8(ascii: "%"):
                guard position + 2 < encoded.count, let high = encoded[position + 1].hexadecimalDigit,
                    let low = encoded[position + 2].hexadecimalDigit, high << 4 | low == byte
                else { return false }
                position += 3
            case UInt8(ascii: "+"):
                guard byte == 0x20 else { return false }
                position += 1
            default:
                guard encoded[position] == byte else { return false }
                position += 1
            }
        }
        return position == encoded.count
    }
}
