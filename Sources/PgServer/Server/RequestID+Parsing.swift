extension RequestID {
    /// A UUID that a client or a proxy chose, with its hyphens or without. Nil for anything else: then we choose.
    init?(parsing text: Slice<UnsafeRawBufferPointer>) {
        guard text.count == 36 || text.count == 32 else { return nil }
        var halves: (UInt64, UInt64) = (0, 0)
        var digitCount = 0
        for (index, byte) in text.enumerated() {
            if text.count == 36, index == 8 || index == 13 || index == 18 || index == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte & 0xF
            case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): digit = (byte & 0xF) + 9
            default: return nil
            }
            if digitCount < 16 {
                halves.0 = halves.0 << 4 | UInt64(digit)
            } else {
                halves.1 = halves.1 << 4 | UInt64(digit)
            }
            digitCount += 1
        }
        self.init(high: halves.0, low: halves.1)
    }
}
