/// Whose an event is: a UUID as two numbers, so that a table keyed by tenants compares no texts.
struct TenantID: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    /// - Parameter text: 36 characters, as PostgreSQL and ``Principal`` write a UUID; nil for anything else.
    init?(_ text: String) {
        var digits: (high: UInt64, low: UInt64) = (0, 0)
        var digitCount = 0
        guard text.utf8.count == 36 else { return nil }
        for (index, byte) in text.utf8.enumerated() {
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let digit = byte.hexadecimalDigit else { return nil }
            if digitCount < 16 {
                digits.high = digits.high << 4 | UInt64(digit)
            } else {
                digits.low = digits.low << 4 | UInt64(digit)
            }
            digitCount += 1
        }
        (high, low) = digits
    }

    /// In lower case, with its hyphens.
    var text: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(36)
        RequestID(high: high, low: low).appendUUID(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
