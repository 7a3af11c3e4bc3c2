internal import CLinux
internal import Glibc
internal import Synchronization

/// Asks for the addresses of a name, on threads of its own: the system's look-up cannot be interrupted.
///
/// A look-up whose caller has given up goes on until the system ends it. Their number is bounded, and with dead name
/// servers the next ones wait in line, each for its own time.
final class NameLookup: Sendable {
    enum Answer: Equatable, Sendable {
        case addresses([ClientAddress])
        case noSuchName
        case failed
    }

    /// The answer of one look-up, and a descriptor that becomes readable with it.
    private final class Pending: Sendable {
        let answer = Mutex<Answer?>(nil)
        let descriptor: Int32

        init() throws(EffectFailure) {
            descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
            guard descriptor >= 0 else { throw EffectFailure(.overloaded, "The server is out of file descriptors.") }
        }

        deinit { close(descriptor) }

        func finish(_ answer: Answer) {
            self.answer.withLock { $0 = answer }
            eventfd_write(descriptor, 1)
        }
    }

    private let resolve: @Sendable (String) -> Answer
    private let threads = EffectThreads(name: "name-lookup", countMax: 16)

    /// - Parameter resolve: finds the addresses of a name, however long that takes.
    init(resolve: @escaping @Sendable (String) -> Answer = NameLookup.systemAnswer) { self.resolve = resolve }

    /// The addresses of a host, in the order in which they should be tried; at least one. An address is its own.
    func addresses(of host: String, _ patience: EffectPatience) throws(EffectFailure) -> [ClientAddress] {
        let bytes = Array(host.utf8)
        if let address = ClientAddress(parsing: bytes.span) { return [address] }
        let pending = try Pending()
        guard threads.run({ [resolve] in pending.finish(resolve(host)) }) else {
            throw EffectFailure(.overloaded, "Too many names are being looked up.")
        }
        try patience.wait(for: POLLIN, on: pending.descriptor)
        switch pending.answer.withLock({ $0 }) {
        case .addresses(let addresses) where !addresses.isEmpty: return addresses
        case .addresses, .noSuchName: throw EffectFailure(.nameNotResolved, "The host name has no address.")
        case .failed, nil: throw EffectFailure(.nameNotResolved, "The host name could not be looked up.")
        }
    }

    /// Asks the system, sorted by RFC 6724.
    static func systemAnswer(_ host: String) -> Answer {
        var hints = addrinfo()
        hints.ai_flags = AI_ADDRCONFIG
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let result = getaddrinfo(host, nil, &hints, &found)
        guard result == 0 else { return result == EAI_NONAME || result == noData ? .noSuchName : .failed }
        defer { freeaddrinfo(found) }
        var addresses: [ClientAddress] = []
        var next = found
        while let entry = next {
            let bytes = UnsafeRawBufferPointer(start: entry.pointee.ai_addr, count: Int(entry.pointee.ai_addrlen))
            let address = bytes.withMemoryRebound(to: UInt8.self) { ClientAddress(socketAddress: $0.span) }
            if let address, !addresses.contains(address) { addresses.append(address) }
            next = entry.pointee.ai_next
        }
        return .addresses(addresses)
    }

    /// EAI_NODATA, which glibc declares only for `_GNU_SOURCE`: the name exists without an address.
    private static let noData: Int32 = -5
}
