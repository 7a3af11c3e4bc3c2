extension UInt8 {
    var isDigit: Bool { UInt8(ascii: "0") <= self && self <= UInt8(ascii: "9") }

    /// What one hexadecimal digit, of either case, is worth.
    var hexadecimalDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension UInt8 {
    /// The character of one of the 16 hexadecimal digits of a number, lower-case; the highest is the first.
    @inline(__always)
    init(hexadecimalDigitOf number: UInt64, at index: Int) {
        let value = UInt8(truncatingIfNeeded: number >> UInt64(60 - 4 * index)) & 0xF
        self = UInt8(ascii: "0") + value + (value > 9 ? UInt8(ascii: "a") - UInt8(ascii: "9") - 1 : 0)
    }
}

extension [UInt8] {
    /// Appends two lower-case hexadecimal digits.
    mutating func appendHexadecimal(_ byte: UInt8) {
        func digit(_ value: UInt8) -> UInt8 { value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10 }
        append(digit(byte >> 4))
        append(digit(byte & 0xF))
    }

    /// Appends a Unicode scalar value as UTF-8.
    mutating func appendScalar(_ scalar: UInt32) {
        func continuation(_ shift: UInt32) -> UInt8 { 0x80 | UInt8(truncatingIfNeeded: scalar >> shift) & 0x3F }
        switch scalar {
        case ..<0x80: append(UInt8(truncatingIfNeeded: scalar))
        case ..<0x800:
            append(0xC0 | UInt8(truncatingIfNeeded: scalar >> 6))
            append(continuation(0))
        case ..<0x10000:
            append(0xE0 | UInt8(truncatingIfNeeded: scalar >> 12))
            append(continuation(6))
            append(continuation(0))
        default:
            append(0xF0 | UInt8(truncatingIfNeeded: scalar >> 18))
            append(continuation(12))
            append(continuation(6))
            append(continuation(0))
        }
    }
}
