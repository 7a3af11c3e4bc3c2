/// `uri-host [ ":" port ]`, as in `Host` and in absolute targets (RFC 9112 §3.2, RFC 3986 §3.2.2).
enum Authority {
    private static let portMax = 65_535
    /// The longest IPv6 address in text, with its last part as an IPv4 address.
    private static let addressByteCountMax = 45

    /// Whether these bytes are a host that is not empty, without user information, with or without a port.
    static func isValid(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count > 0 else { return false }
        let hostEnd = bytes[0] == HTTPByte.openBracket ? endOfAddress(bytes) : endOfName(bytes)
        guard let hostEnd else { return false }
        guard hostEnd < bytes.count else { return true }
        guard bytes[hostEnd] == HTTPByte.colon else { return false }
        var port = 0
        for index in (hostEnd + 1)..<bytes.count {
            guard HTTPByte.isDigit(bytes[index]) else { return false }
            port = port * 10 + Int(bytes[index] - HTTPByte.zero)
            guard port <= portMax else { return false }
        }
        return true
    }

    /// Where a registered name or an IPv4 address ends; nil if it is empty or broken.
    private static func endOfName(_ bytes: Span<UInt8>) -> Int? {
        var index = 0
        while index < bytes.count {
            if HTTPByte.isHostName(bytes[index]) {
                index += 1
            } else if bytes[index] == HTTPByte.percent {
                guard index + 2 < bytes.count, bytes[index + 1].hexadecimalDigit != nil,
                    bytes[index + 2].hexadecimalDigit != nil
                else { return nil }
                index += 3
            } else {
                break
            }
        }
        return index == 0 ? nil : index
    }

    /// Where `[` … `]` ends; nil unless hexadecimal digits, dots and at least two colons stand between.
    private static func endOfAddress(_ bytes: Span<UInt8>) -> Int? {
        var colonCount = 0
        for index in 1..<min(bytes.count, addressByteCountMax + 2) {
            switch bytes[index] {
            case HTTPByte.closeBracket: return colonCount >= 2 ? index + 1 : nil
            case HTTPByte.colon: colonCount += 1
            case HTTPByte.dot: continue
            default: guard bytes[index].hexadecimalDigit != nil else { return nil }
            }
        }
        return nil
    }
}
