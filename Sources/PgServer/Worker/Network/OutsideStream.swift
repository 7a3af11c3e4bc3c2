internal import CLinux
internal import Glibc

/// One connection of an effect, perhaps with TLS: bytes go out and come in until its time is up.
struct OutsideStream: ~Copyable {
    // Ends before the descriptor is closed, in the order of these lines: its farewell must not go to a number that
    // another thread has got meanwhile.
    private var session: TLSSession?
    private let descriptor: Descriptor
    private let patience: EffectPatience
    /// Where it leads.
    let address: ClientAddress

    /// Most bytes taken from the system at once.
    static let readByteCount = 16 * 1024

    init(_ descriptor: consuming Descriptor, to address: ClientAddress, _ patience: EffectPatience) {
        self.descriptor = descriptor
        self.address = address
        self.patience = patience
    }

    var isSecure: Bool { session != nil }

    /// The address of our end.
    var localAddress: ClientAddress? { OutsideSocket.localAddress(of: descriptor.rawValue) }

    /// Makes a TLS connection of it.
    ///
    /// - Parameter host: what the certificate must name.
    mutating func startTLS(_ context: TLSContext, host: String) throws(EffectFailure) {
        guard var session = TLSSession(context, over: descriptor.rawValue, host: host) else {
            throw EffectFailure(.tlsFailed, "TLS cannot be used with this host name.")
        }
        while true {
            switch session.handshake() {
            case .bytes:
                self.session = consume session
                return
            case .wantsRead: try patience.wait(for: POLLIN, on: descriptor.rawValue)
            case .wantsWrite: try patience.wait(for: Int32(POLLOUT), on: descriptor.rawValue)
            case .ended, .failed: throw EffectFailure(.tlsFailed, session.handshakeFault())
            }
        }
    }

    /// Appends what has come.
    ///
    /// - Returns: false at the orderly end.
    mutating func read(appendingTo buffer: inout [UInt8]) throws(EffectFailure) -> Bool {
        let start = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: Self.readByteCount))
        var count = 0
        defer { buffer.removeLast(Self.readByteCount - count) }
        while true {
            let outcome = buffer.withUnsafeMutableBytes { bytes in
                step(reading: UnsafeMutableRawBufferPointer(rebasing: bytes[start...]))
            }
            switch outcome {
            case .bytes(let byteCount):
                count = byteCount
                return true
            case .wantsRead: try patience.wait(for: POLLIN, on: descriptor.rawValue)
            case .wantsWrite: try patience.wait(for: Int32(POLLOUT), on: descriptor.rawValue)
            case .ended: return false
            case .failed: throw Self.lost
            }
        }
    }

    mutating func write(_ bytes: [UInt8]) throws(EffectFailure) {
        var sent = 0
        while sent < bytes.count {
            let outcome = bytes.withUnsafeBytes { bytes in
                step(writing: UnsafeRawBufferPointer(rebasing: bytes[sent...]))
            }
            switch outcome {
            case .bytes(let byteCount): sent += byteCount
            case .wantsRead: try patience.wait(for: POLLIN, on: descriptor.rawValue)
            case .wantsWrite: try patience.wait(for: Int32(POLLOUT), on: descriptor.rawValue)
            case .ended, .failed: throw Self.lost
            }
        }
    }

    private mutating func step(reading buffer: UnsafeMutableRawBufferPointer) -> TLSSession.Outcome {
        if let outcome = session?.read(into: buffer) { return outcome }
        let count = recv(descriptor.rawValue, buffer.baseAddress, buffer.count, 0)
        if count > 0 { return .bytes(count) }
        return count == 0 ? .ended : Self.isTemporary(errno) ? .wantsRead : .failed
    }

    private mutating func step(writing bytes: UnsafeRawBufferPointer) -> TLSSession.Outcome {
        if let outcome = session?.write(bytes) { return outcome }
        let count = send(descriptor.rawValue, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        if count >= 0 { return .bytes(count) }
        return Self.isTemporary(errno) ? .wantsWrite : .failed
    }

    private static func isTemporary(_ number: Int32) -> Bool {
        number == EAGAIN || number == EWOULDBLOCK || number == EINTR
    }

    private static var lost: EffectFailure { EffectFailure(.connectionLost, "The connection was lost.") }
}
