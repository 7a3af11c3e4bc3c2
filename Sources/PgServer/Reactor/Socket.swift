internal import CLinux
internal import Glibc

/// The few socket calls that the server makes. None of them waits, but for ``listen(host:port:backlog:)``, which
/// runs once before the loop does.
enum Socket {
    /// What one read or write came to.
    enum Outcome: Equatable {
        case bytes(Int)
        case wouldBlock
        /// The peer has gone: orderly for a read of nothing, or by an error.
        case closed
    }

    enum Acceptance: ~Copyable {
        case accepted(Descriptor, peer: String)
        case nothing
        /// Out of descriptors or memory: to be tried again after a pause, never in a spin.
        case exhausted
    }

    /// Opens a listening socket that shares its port with the other reactors' (SO_REUSEPORT).
    ///
    /// - Parameter host: a numeric IPv4 or IPv6 address.
    static func listen(host: String, port: UInt16, backlog: Int32) throws(SystemError) -> Descriptor {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &found) == 0, let address = found else {
            throw SystemError(call: "getaddrinfo (a numeric address is needed)", number: EINVAL)
        }
        defer { freeaddrinfo(found) }
        let raw = socket(
            address.pointee.ai_family,
            Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        guard raw >= 0 else { throw SystemError(call: "socket", number: errno) }
        let descriptor = Descriptor(owning: raw)
        setOption(raw, SOL_SOCKET, SO_REUSEADDR, 1)
        setOption(raw, SOL_SOCKET, SO_REUSEPORT, 1)
        guard bind(raw, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 else {
            throw SystemError(call: "bind", number: errno)
        }
        guard Glibc.listen(raw, backlog) == 0 else { throw SystemError(call: "listen", number: errno) }
        return descriptor
    }

    /// Makes a listening socket that another process opened like one of ours.
    ///
    /// - Returns: false if it is none.
    static func adoptListener(_ descriptor: Int32) -> Bool {
        var accepts: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &accepts, &length) == 0 && accepts == 1
            && linux_adopt(descriptor) == 0
    }

    /// The port a listening socket got, for one that was opened with port 0.
    static func port(of descriptor: Int32) -> UInt16 {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        _ = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        return withUnsafePointer(to: &storage) {
            // The port stands at the same place for IPv4 and IPv6.
            $0.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { UInt16(bigEndian: $0.pointee.sin_port) }
        }
    }

    static func accept(from listener: Int32) -> Acceptance {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let raw = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                linux_accept(listener, $0, &length)
            }
        }
        guard raw >= 0 else {
            switch errno {
            case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted
            default: return .nothing  // nobody there, or gone again (ECONNABORTED)
            }
        }
        setOption(raw, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        return .accepted(Descriptor(owning: raw), peer: numericHost(&storage, length))
    }

    static func receive(from descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Outcome {
        let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
        if count > 0 { return .bytes(count) }
        return count < 0 && isTemporary(errno) ? .wouldBlock : .closed
    }

    static func send(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Outcome {
        let count = Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        if count >= 0 { return .bytes(count) }
        return isTemporary(errno) ? .wouldBlock : .closed
    }

    /// Tells the peer that nothing more will be sent, while what it still sends can be read and thrown away: closing
    /// at once would make the kernel send a reset, which can overtake the last answer (RFC 9112 §9.6).
    static func finishSending(_ descriptor: Int32) {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    private static func isTemporary(_ number: Int32) -> Bool {
        number == EAGAIN || number == EWOULDBLOCK || number == EINTR
    }

    private static func setOption(_ descriptor: Int32, _ level: Int32, _ name: Int32, _ value: Int32) {
        var value = value
        setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func numericHost(_ storage: inout sockaddr_storage, _ length: socklen_t) -> String {
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let result = withUnsafePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getnameinfo($0, length, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
            }
        }
        guard result == 0 else { return "" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
