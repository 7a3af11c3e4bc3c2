/// Checks text that arrives in pieces, and says no at the very byte that no text can go on with (RFC 3629 §4: no
/// overlong forms, no surrogates, nothing past U+10FFFF).
struct UTF8Validator: Equatable, Sendable {
    /// How many bytes the character that has begun still wants.
    private var missingCount: UInt8 = 0
    /// Between which the next of them must lie.
    private var nextMin: UInt8 = 0x80
    private var nextMax: UInt8 = 0xBF

    /// Whether the text may end here.
    var isComplete: Bool { missingCount == 0 }

    /// Reads on. Returns whether all so far is the beginning of a text.
    mutating func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index < bytes.count {
            if missingCount == 0 {
                // Eight letters at once, as long as none has the high bit.
                while index + 8 <= bytes.count,
                    bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
                {
                    index += 8
                }
                guard index < bytes.count else { return true }
                guard begins(with: bytes[index]) else { return false }
            } else {
                guard nextMin <= bytes[index], bytes[index] <= nextMax else { return false }
                missingCount -= 1
                nextMin = 0x80
                nextMax = 0xBF
            }
            index += 1
        }
        return true
    }

    private mutating func begins(with lead: UInt8) -> Bool {
        switch lead {
        case 0x00...0x7F: return true
        case 0xC2...0xDF: missingCount = 1
        case 0xE0...0xEF:
            missingCount = 2
            if lead == 0xE0 { nextMin = 0xA0 }
            if lead == 0xED { nextMax = 0x9F }
        case 0xF0...0xF4:
            missingCount = 3
            if lead == 0xF0 { nextMin = 0x90 }
            if lead == 0xF4 { nextMax = 0x8F }
        default: return false
        }
        return true
    }
}
