/// The IP address of a client. IPv4 is kept as its IPv4-mapped IPv6 address, so both are one 128-bit number.
struct ClientAddress: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    private static let mappedPrefix: UInt64 = 0xFFFF_0000_0000
    /// Longest text of an address (RFC 4291 §2.2, the mixed form).
    static let textByteCountMax = 45

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    init(v4 bits: UInt32) {
        self.init(high: 0, low: Self.mappedPrefix | UInt64(bits))
    }

    /// The address in a socket address of Linux: a family in native order, then for AF_INET the port and four bytes,
    /// for AF_INET6 port, flow label and sixteen bytes. Nil for any other family, such as a UNIX socket's.
    init?(socketAddress bytes: Span<UInt8>) {
        let addressFamilyV4: UInt16 = 2
        let addressFamilyV6: UInt16 = 10
        let (v4Offset, v4End, v6Offset, v6End) = (4, 8, 8, 24)
        guard bytes.count >= v4End else { return nil }
        let family = bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt16.self) }
        switch family {
        case addressFamilyV4:
            self.init(v4: UInt32(Self.number(bytes.extracting(v4Offset..<v4End))))
        case addressFamilyV6 where bytes.count >= v6End:
            self.init(
                high: Self.number(bytes.extracting(v6Offset..<(v6Offset + 8))),
                low: Self.number(bytes.extracting((v6Offset + 8)..<v6End)))
        default: return nil
        }
    }

    /// Reads an address in its usual text, without port, brackets or zone. Nil for anything else; `010.0.0.1` is
    /// refused, since some readers take it for octal.
    init?(parsing text: Span<UInt8>) {
        guard text.count <= Self.textByteCountMax else { return nil }
        if let bits = Self.v4(text) {
            self.init(v4: bits)
        } else {
            guard let (high, low) = Self.v6(text) else { return nil }
            self.init(high: high, low: low)
        }
    }

    var isV4: Bool { high == 0 && low >> 32 == Self.mappedPrefix >> 32 }

    /// What a limit counts by. Whoever has one IPv6 address has the whole /64 around it.
    var limitSubject: ClientAddress { isV4 ? self : ClientAddress(high: high, low: 0) }

    /// The address with only its first `bitCount` of 128 bits.
    func prefix(bitCount: Int) -> ClientAddress {
        precondition((0...128).contains(bitCount))
        let highMask = ~(UInt64.max >> min(bitCount, 64))
        let lowMask = ~(UInt64.max >> max(bitCount - 64, 0))
        return ClientAddress(high: high & highMask, low: low & lowMask)
    }

    private static func number(_ bytes: Span<UInt8>) -> UInt64 {
        var number: UInt64 = 0
        for index in bytes.indices { number = number << 8 | UInt64(bytes[index]) }
        return number
    }

    private static func v4(_ text: Span<UInt8>) -> UInt32? {
        var bits: UInt32 = 0
        var part: UInt32 = 0
        var digitCount = 0
        var dotCount = 0
        for index in text.indices {
            switch text[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                guard digitCount == 0 || part != 0 else { return nil }  // a leading zero
                part = part * 10 + UInt32(text[index] - UInt8(ascii: "0"))
                digitCount += 1
                guard part <= 255 else { return nil }
            case UInt8(ascii: "."):
                guard digitCount > 0, dotCount < 3 else { return nil }
                dotCount += 1
                bits = bits << 8 | part
                part = 0
                digitCount = 0
            default: return nil
            }
        }
        guard dotCount == 3, digitCount > 0 else { return nil }
        return bits << 8 | part
    }

    /// RFC 4291 §2.2: eight groups of hexadecimal digits, once `::` for one group of zeros or more, and the last two
    /// groups perhaps as IPv4.
    private static func v6(_ text: Span<UInt8>) -> (UInt64, UInt64)? {
        let groupCount = 8
        var groups = InlineArray<8, UInt16>(repeating: 0)
        var count = 0
        var gap: Int?
        var index = 0
        if text.count >= 2, text[0] == UInt8(ascii: ":"), text[1] == UInt8(ascii: ":") {
            gap = 0
            index = 2
        }
        while index < text.count {
            guard count < groupCount else { return nil }
            let end = endOfGroup(text, from: index)
            if end < text.count, text[end] == UInt8(ascii: ".") {
                guard count <= groupCount - 2, let bits = v4(text.extracting(index...)) else { return nil }
                groups[count] = UInt16(bits >> 16)
                groups[count + 1] = UInt16(truncatingIfNeeded: bits)
                count += 2
                index = text.count
                break
            }
            guard let group = group(text, index..<end) else { return nil }
            groups[count] = group
            count += 1
            index = end
            guard index < text.count else { break }
            guard text[index] == UInt8(ascii: ":"), index + 1 < text.count else { return nil }
            index += 1
            if text[index] == UInt8(ascii: ":") {
                guard gap == nil else { return nil }
                gap = count
                index += 1
            }
        }
        guard gap == nil ? count == groupCount : count < groupCount else { return nil }
        return halves(groups, count: count, gap: gap ?? count)
    }

    /// The address whose groups before `gap` come first and whose others come last.
    private static func halves(_ groups: InlineArray<8, UInt16>, count: Int, gap: Int) -> (UInt64, UInt64) {
        var full = InlineArray<8, UInt16>(repeating: 0)
        for index in 0..<gap { full[index] = groups[index] }
        for index in gap..<count { full[groups.count - count + index] = groups[index] }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for index in 0..<4 {
            high = high << 16 | UInt64(full[index])
            low = low << 16 | UInt64(full[index + 4])
        }
        return (high, low)
    }

    private static func endOfGroup(_ text: Span<UInt8>, from start: Int) -> Int {
        var end = start
        while end < text.count, text[end] != UInt8(ascii: ":"), text[end] != UInt8(ascii: ".") { end += 1 }
        return end
    }

    private static func group(_ text: Span<UInt8>, _ range: Range<Int>) -> UInt16? {
        let digitCountMax = 4
        guard !range.isEmpty, range.count <= digitCountMax else { return nil }
        var group: UInt16 = 0
        for index in range {
            guard let digit = text[index].hexadecimalDigit else { return nil }
            group = group << 4 | UInt16(digit)
        }
        return group
    }
}

extension ClientAddress: CustomStringConvertible {
    /// The canonical text (RFC 5952); an IPv4 address in its own form.
    var description: String {
        if isV4 {
            return [24, 16, 8, 0].map { String(low >> $0 & 0xFF) }.joined(separator: ".")
        }
        let groups = [high, low].flatMap { half in [48, 32, 16, 0].map { UInt16(truncatingIfNeeded: half >> $0) } }
        let gap = Self.longestZeros(in: groups)
        func text(_ groups: ArraySlice<UInt16>) -> String {
            groups.map { String($0, radix: 16) }.joined(separator: ":")
        }
        guard let gap else { return text(groups[...]) }
        return text(groups[..<gap.lowerBound]) + "::" + text(groups[gap.upperBound...])
    }

    /// The first of the longest runs of two zero groups or more (RFC 5952 §4.2).
    private static func longestZeros(in groups: [UInt16]) -> Range<Int>? {
        var longest: Range<Int>?
        var index = 0
        while index < groups.count {
            let end = groups[index...].firstIndex { $0 != 0 } ?? groups.count
            if end - index >= 2, end - index > longest?.count ?? 0 { longest = index..<end }
            index = max(end, index + 1)
        }
        return longest
    }
}
