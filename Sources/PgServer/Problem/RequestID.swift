/// The identity of one request: a random UUID, which each contract writes in its own form.
struct RequestID: Hashable, Sendable {
    var high: UInt64
    var low: UInt64

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A version 4 UUID (RFC 9562 §5.4).
    static func random(using generator: inout some RandomNumberGenerator) -> RequestID {
        let high: UInt64 = generator.next()
        let low: UInt64 = generator.next()
        return RequestID(high: high & ~0xF000 | 0x4000, low: low & ~(0b11 << 62) | 0b10 << 62)
    }

    /// Appends `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`.
    func appendUUID(to out: inout [UInt8]) {
        var text = InlineArray<36, UInt8>(repeating: UInt8(ascii: "-"))
        // 16 digits of `high` and `low` each, around the hyphens at 8, 13, 18 and 23.
        Self.write(high, 0..<8, to: &text, at: 0)
        Self.write(high, 8..<12, to: &text, at: 9)
        Self.write(high, 12..<16, to: &text, at: 14)
        Self.write(low, 0..<4, to: &text, at: 19)
        Self.write(low, 4..<16, to: &text, at: 24)
        out.append(text.span)
    }

    /// Appends 32 hexadecimal digits.
    func appendHex(to out: inout [UInt8]) {
        out.append(hexadecimal: high)
        out.append(hexadecimal: low)
    }

    @inline(__always)
    private static func write(
        _ number: UInt64, _ digits: Range<Int>, to text: inout InlineArray<36, UInt8>, at position: Int
    ) {
        for (offset, index) in digits.enumerated() {
            text[position + offset] = UInt8(hexadecimalDigitOf: number, at: index)
        }
    }
}
