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
        for index in 0..<16 {
            if index == 4 || index == 6 || index == 8 || index == 10 { out.append(UInt8(ascii: "-")) }
            out.appendHexadecimal(byte(index))
        }
    }

    /// Appends 32 hexadecimal digits.
    func appendHex(to out: inout [UInt8]) {
        for index in 0..<16 { out.appendHexadecimal(byte(index)) }
    }

    private func byte(_ index: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: (index < 8 ? high : low) >> (56 - 8 * (index & 7)))
    }
}
