/// A P-256 signature between its two spellings: JWS wants r and s side by side (RFC 7518 §3.4), OpenSSL wants DER.
enum ECDSASignature {
    static let rawByteCount = 64
    private static let coordinateByteCount = 32
    private static let sequenceTag: UInt8 = 0x30
    private static let integerTag: UInt8 = 0x02
    /// Longest length that DER writes in one byte; a P-256 signature never needs more.
    private static let shortLengthMax = 127

    /// DER of a raw signature, or nil unless it is 64 bytes long.
    static func der(fromRaw raw: Span<UInt8>) -> [UInt8]? {
        guard raw.count == rawByteCount else { return nil }
        var body: [UInt8] = []
        body.reserveCapacity(rawByteCount + 8)
        appendInteger(raw.extracting(0..<coordinateByteCount), to: &body)
        appendInteger(raw.extracting(coordinateByteCount..<rawByteCount), to: &body)
        return [sequenceTag, UInt8(body.count)] + body
    }

    /// The 64 raw bytes of a DER signature, or nil if it is not the DER of two P-256 integers.
    static func raw(fromDER der: Span<UInt8>) -> [UInt8]? {
        guard der.count >= 2, der.count - 2 <= shortLengthMax, der[0] == sequenceTag, Int(der[1]) == der.count - 2
        else { return nil }
        var raw: [UInt8] = []
        raw.reserveCapacity(rawByteCount)
        var index = 2
        guard appendCoordinate(from: der, at: &index, to: &raw), appendCoordinate(from: der, at: &index, to: &raw),
            index == der.count
        else { return nil }
        return raw
    }

    private static func appendInteger(_ bytes: Span<UInt8>, to body: inout [UInt8]) {
        var first = 0
        while first < bytes.count - 1, bytes[first] == 0 { first += 1 }
        let isPadded = bytes[first] & 0x80 != 0  // else the integer would read as negative
        body.append(integerTag)
        body.append(UInt8(bytes.count - first + (isPadded ? 1 : 0)))
        if isPadded { body.append(0) }
        for index in first..<bytes.count { body.append(bytes[index]) }
    }

    private static func appendCoordinate(from der: Span<UInt8>, at index: inout Int, to raw: inout [UInt8]) -> Bool {
        guard index + 2 <= der.count, der[index] == integerTag else { return false }
        var first = index + 2
        let end = first + Int(der[index + 1])
        guard first < end, end <= der.count else { return false }
        if der[first] == 0, end - first > 1 { first += 1 }
        guard end - first <= coordinateByteCount else { return false }
        raw.append(contentsOf: repeatElement(0, count: coordinateByteCount - (end - first)))
        for position in first..<end { raw.append(der[position]) }
        index = end
        return true
    }
}
