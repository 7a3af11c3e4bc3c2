extension [UInt8] {
    mutating func append(_ bytes: Span<UInt8>) {
        bytes.withUnsafeBufferPointer { append(contentsOf: $0) }
    }

    mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { append(contentsOf: $0) }
    }

    /// Appends a number in decimal digits.
    mutating func append(decimal number: Int) {
        if number < 0 { append(UInt8(ascii: "-")) }
        append(decimal: number.magnitude, digitCountMin: 1)
    }

    /// Appends the last `digitCount` decimal digits of a number that is not negative.
    mutating func append(decimal number: Int, digitCount: Int) {
        var power: UInt = 1
        for _ in 0..<digitCount { power *= 10 }
        append(decimal: number.magnitude % power, digitCountMin: digitCount)
    }

    /// Appends 16 hexadecimal digits, lower-case.
    mutating func append(hexadecimal number: UInt64) {
        var digits = InlineArray<16, UInt8>(repeating: 0)
        for index in digits.indices { digits[index] = UInt8(hexadecimalDigitOf: number, at: index) }
        append(digits.span)
    }

    private mutating func append(decimal magnitude: UInt, digitCountMin: Int) {
        var digits = InlineArray<20, UInt8>(repeating: UInt8(ascii: "0"))
        var rest = magnitude
        var first = digits.count
        while rest > 0 {
            first -= 1
            digits[first] += UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        append(digits.span.extracting(Swift.min(first, digits.count - digitCountMin)..<digits.count))
    }
}
