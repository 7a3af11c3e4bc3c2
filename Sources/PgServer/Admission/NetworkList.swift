/// Networks that somebody configured: a checked list of prefixes.
struct NetworkList: Sendable {
    private struct Network: Sendable {
        var address: ClientAddress
        var prefixBitCount: Int

        func contains(_ other: ClientAddress) -> Bool { other.prefix(bitCount: prefixBitCount) == address }
    }

    static let networkCountMax = 64

    private let networks: [Network]

    /// Holds no address.
    init() { networks = [] }

    /// Reads networks such as `10.0.0.0/8, ::1`, divided by commas or spaces. An address alone is itself only.
    ///
    /// - Throws: `.invalidNetwork` with the faulty text, also for `10.0.0.1/8`: whoever wrote it meant one of two
    ///   things; `.tooManyNetworks`.
    init(parsing text: String) throws(AdmissionError) {
        var networks: [Network] = []
        for word in text.split(whereSeparator: { $0 == "," || $0 == " " }) {
            guard networks.count < Self.networkCountMax else { throw .tooManyNetworks }
            guard let network = Self.network(String(word)) else { throw .invalidNetwork(String(word)) }
            networks.append(network)
        }
        self.networks = networks
    }

    var isEmpty: Bool { networks.isEmpty }

    func contains(_ address: ClientAddress) -> Bool { networks.contains { $0.contains(address) } }

    private static func network(_ text: String) -> Network? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let first = parts.first else { return nil }
        let bytes = Array(first.utf8)
        guard let address = ClientAddress(parsing: bytes.span) else { return nil }
        let isWrittenAsV4 = !bytes.contains(UInt8(ascii: ":"))
        let bitCountMax = isWrittenAsV4 ? 32 : 128
        var bitCount = bitCountMax
        if parts.count == 2 {
            guard parts[1].utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
                let given = Int(parts[1]), given <= bitCountMax
            else { return nil }
            bitCount = given
        }
        // IPv4 addresses are the last 32 bits of ::ffff:0:0/96.
        let prefixBitCount = isWrittenAsV4 ? 96 + bitCount : bitCount
        guard address.prefix(bitCount: prefixBitCount) == address else { return nil }
        return Network(address: address, prefixBitCount: prefixBitCount)
    }
}
