extension Span<UInt8> {
    /// The length of the well-formed UTF-8 sequence that begins at `index`, or nil if there is none (RFC 3629 §4:
    /// no overlong forms, no surrogates, nothing past U+10FFFF).
    func scalarByteCount(at index: Int) -> Int? {
        func isContinuation(_ offset: Int, in range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
            index + offset < count && range.contains(self[index + offset])
        }
        let lead = self[index]
        switch lead {
        case 0x00...0x7F: return 1
        case 0xC2...0xDF: return isContinuation(1) ? 2 : nil
        case 0xE0...0xEF:
            let second: ClosedRange<UInt8> = lead == 0xE0 ? 0xA0...0xBF : lead == 0xED ? 0x80...0x9F : 0x80...0xBF
            return isContinuation(1, in: second) && isContinuation(2) ? 3 : nil
        case 0xF0...0xF4:
            let second: ClosedRange<UInt8> = lead == 0xF0 ? 0x90...0xBF : lead == 0xF4 ? 0x80...0x8F : 0x80...0xBF
            return isContinuation(1, in: second) && isContinuation(2) && isContinuation(3) ? 4 : nil
        default: return nil
        }
    }

    /// How many characters (Unicode scalar values, as `char_length` counts them) the bytes hold, or nil if they are
    /// not text PostgreSQL can store: malformed UTF-8, or U+0000.
    func textLength() -> Int? {
        var length = 0
        var position = 0
        while position < count {
            guard self[position] != 0, let step = scalarByteCount(at: position) else { return nil }
            position += step
            length += 1
        }
        return length
    }
}
