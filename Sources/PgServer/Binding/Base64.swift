/// Base64 (RFC 4648): reads either alphabet (§4, §5), with or without its padding, and nothing else; writes §4's, padded.
enum Base64 {
    static func append(_ bytes: Span<UInt8>, to text: inout [UInt8]) {
        for start in stride(from: 0, to: bytes.count, by: 3) {
            var bits: UInt32 = 0
            for index in start..<(start + 3) { bits = bits << 8 | UInt32(index < bytes.count ? bytes[index] : 0) }
            let letterCount = min(bytes.count - start, 3) + 1
            for place in 0..<4 {
                text.append(place < letterCount ? letter(bits >> UInt32(18 - 6 * place) & 0x3F) : UInt8(ascii: "="))
            }
        }
    }

    /// Replaces the text from `start` on by the bytes it stands for. Returns false if it is not base64.
    static func decode(in bytes: inout [UInt8], from start: Int) -> Bool {
        var end = bytes.count
        if (end - start) % 4 == 0 {
            if end > start, bytes[end - 1] == UInt8(ascii: "=") { end -= 1 }
            if end > start, bytes[end - 1] == UInt8(ascii: "=") { end -= 1 }
        }
        guard (end - start) % 4 != 1 else { return false }
        var bits: UInt32 = 0
        var bitCount = 0
        var output = start  // never overtakes the reading: three bytes for four
        for index in start..<end {
            guard let sextet = value(of: bytes[index]) else { return false }
            bits = bits << 6 | UInt32(sextet)
            bitCount += 6
            guard bitCount >= 8 else { continue }
            bitCount -= 8
            bytes[output] = UInt8(truncatingIfNeeded: bits >> UInt32(bitCount))
            output += 1
        }
        guard bits & (1 << UInt32(bitCount) - 1) == 0 else { return false }  // stray bits: two texts, one value
        bytes.removeSubrange(output...)
        return true
    }

    private static func letter(_ value: UInt32) -> UInt8 {
        let value = UInt8(truncatingIfNeeded: value)
        return switch value {
        case 0..<26: UInt8(ascii: "A") + value
        case 26..<52: UInt8(ascii: "a") + value - 26
        case 52..<62: UInt8(ascii: "0") + value - 52
        case 62: UInt8(ascii: "+")
        default: UInt8(ascii: "/")
        }
    }

    private static func value(of byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
