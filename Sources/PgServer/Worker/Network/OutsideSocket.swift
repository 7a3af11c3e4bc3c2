internal import CLinux
internal import Glibc

/// Connecting to an address that has been judged.
enum OutsideSocket {
    /// - Parameter limit: when to give this address up.
    /// - Throws: `.connectFailed`, or what ends every wait.
    static func connect(
        to address: ClientAddress, port: UInt16, until limit: ContinuousClock.Instant, _ patience: EffectPatience
    ) throws(EffectFailure) -> Descriptor {
        let family = address.isV4 ? AF_INET : AF_INET6
        let raw = socket(
            family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        guard raw >= 0 else { throw failure(errno) }
        let descriptor = Descriptor(owning: raw)
        var on: Int32 = 1
        setsockopt(raw, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        let result = address.isV4 ? connectV4(raw, address, port) : connectV6(raw, address, port)
        if result == 0 { return descriptor }
        guard errno == EINPROGRESS || errno == EINTR else { throw failure(errno) }
        guard try patience.wait(for: POLLOUT, on: raw, until: limit) else { throw failure(ETIMEDOUT) }
        var number: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(raw, SOL_SOCKET, SO_ERROR, &number, &length)
        guard number == 0 else { throw failure(number) }
        return descriptor
    }

    /// The numeric address of this end of a connection, nil if it is no longer one.
    static func localAddress(of descriptor: Int32) -> ClientAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard result == 0 else { return nil }
        return withUnsafeBytes(of: &storage) { bytes in
            bytes.withMemoryRebound(to: UInt8.self) { ClientAddress(socketAddress: $0.span) }
        }
    }

    private static func connectV4(_ raw: Int32, _ address: ClientAddress, _ port: UInt16) -> Int32 {
        var socketAddress = sockaddr_in()
        socketAddress.sin_family = sa_family_t(AF_INET)
        socketAddress.sin_port = port.bigEndian
        inet_pton(AF_INET, address.description, &socketAddress.sin_addr)
        return withUnsafePointer(to: &socketAddress) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(raw, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    private static func connectV6(_ raw: Int32, _ address: ClientAddress, _ port: UInt16) -> Int32 {
        var socketAddress = sockaddr_in6()
        socketAddress.sin6_family = sa_family_t(AF_INET6)
        socketAddress.sin6_port = port.bigEndian
        inet_pton(AF_INET6, address.description, &socketAddress.sin6_addr)
        return withUnsafePointer(to: &socketAddress) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(raw, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
            }
        }
    }

    private static func failure(_ number: Int32) -> EffectFailure {
        EffectFailure(.connectFailed, "No connection could be made (\(SystemError(call: "connect", number: number))).")
    }
}
