/// The proxies whose `X-Forwarded-For` is believed: a checked list of networks.
struct TrustedProxies: Sendable {
    /// Most hops read from one field.
    static let hopCountMax = 32

    private let networks: NetworkList

    /// Trusts nobody.
    init() { networks = NetworkList() }

    /// Reads networks such as `10.0.0.0/8, ::1`, as ``NetworkList`` does.
    init(parsing text: String) throws(AdmissionError) { networks = try NetworkList(parsing: text) }

    func contains(_ address: ClientAddress) -> Bool { networks.contains(address) }

    /// Who is really calling: the rightmost hop that is not one of our proxies, or the first hop if all are.
    ///
    /// The field counts only if `peer` is trusted; what stands left of the first stranger is that stranger's word and
    /// is not read. A hop that is no address makes the whole field worthless: the answer is then `peer`.
    ///
    /// Several lines of the field are read last line first, each with the answer of the one before as its `peer`.
    func client(peer: ClientAddress, forwardedFor field: Span<UInt8>) -> ClientAddress {
        guard !networks.isEmpty, contains(peer) else { return peer }
        var client = peer
        var end = field.count
        for _ in 0..<Self.hopCountMax {
            var start = end
            while start > 0, field[start - 1] != UInt8(ascii: ",") { start -= 1 }
            guard let hop = Self.hop(field.extracting(start..<end)) else { return peer }
            client = hop
            guard contains(hop), start > 0 else { return client }
            end = start - 1
        }
        return peer
    }

    /// One element: an address, perhaps with a port as some proxies write it: `192.0.2.1:4711`, `[2001:db8::1]:443`.
    private static func hop(_ text: Span<UInt8>) -> ClientAddress? {
        var start = 0
        var end = text.count
        while start < end, text[start] == UInt8(ascii: " ") || text[start] == UInt8(ascii: "\t") { start += 1 }
        while end > start, text[end - 1] == UInt8(ascii: " ") || text[end - 1] == UInt8(ascii: "\t") { end -= 1 }
        guard start < end else { return nil }
        if text[start] == UInt8(ascii: "[") {
            guard let close = index(of: "]", in: text, start..<end) else { return nil }
            guard close + 1 == end || isPort(text, (close + 1)..<end) else { return nil }
            guard let address = ClientAddress(parsing: text.extracting((start + 1)..<close)) else { return nil }
            return address
        }
        if let colon = index(of: ":", in: text, start..<end), isPort(text, colon..<end) {
            if let address = ClientAddress(parsing: text.extracting(start..<colon)), address.isV4 { return address }
        }
        return ClientAddress(parsing: text.extracting(start..<end))
    }

    private static func index(of byte: Unicode.Scalar, in text: Span<UInt8>, _ range: Range<Int>) -> Int? {
        for index in range where text[index] == UInt8(ascii: byte) { return index }
        return nil
    }

    /// A colon and one to five digits.
    private static func isPort(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        let byteCounts = 2...6
        guard byteCounts.contains(range.count), text[range.lowerBound] == UInt8(ascii: ":") else { return false }
        for index in range.dropFirst()
        where !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[index]) { return false }
        return true
    }
}
