@preconcurrency import Glibc

/// A TCP connection that sends exactly the bytes it is given: for requests no client library would send.
final class RawConnection {
    private let descriptor: Int32
    private var received: [UInt8] = []
    /// Of those, read as lines or bytes.
    private var readCount = 0
    private var isAtEnd = false

    /// How long any wait may take. A server that stays silent fails the test instead of hanging it.
    static let timeout = Duration.seconds(60)

    init(port: UInt16) throws {
        // Not for the servers that other tests start meanwhile: they would keep the connection open.
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw TestFailure("socket: \(String(cString: strerror(errno)))") }
        var address = loopback(port: port)
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        // deinit closes the descriptor also here: all that is stored has a value by now.
        guard status == 0 else { throw TestFailure("connect: \(String(cString: strerror(errno)))") }
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { close(descriptor) }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw TestFailure("send: \(String(cString: strerror(errno)))") }
            sent += count
        }
    }

    /// Says that nothing more will be sent, while answers can still be read.
    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// The next complete response, as far as its own length says. Several may be waiting (RFC 9112 §9.3.2).
    ///
    /// - Parameter method: That of the request; a response to `HEAD` has no body (RFC 9112 §6.3).
    func response(to method: String = "GET") throws -> HTTPResponse {
        let deadline = ContinuousClock.now + Self.timeout
        while true {
            if let (response, count) = try HTTPResponse.parse(received, isAtEnd: isAtEnd, method: method) {
                received.removeFirst(count)
                return response
            }
            guard !isAtEnd else {
                throw TestFailure(
                    "the connection ended inside a response: \(String(decoding: received, as: UTF8.self))")
            }
            try receive(until: deadline)
        }
    }

    /// The head of the next response, when its body is not what a response has.
    func head() throws -> HTTPResponse {
        var text = ""
        while let line = try line() {
            text += line + "\r\n"
            if line.isEmpty { break }
        }
        guard let (response, _) = try HTTPResponse.parse(Array(text.utf8), isAtEnd: true, method: "HEAD") else {
            throw TestFailure("the connection ended inside a head: \(text)")
        }
        return response
    }

    /// The next line, without its end; nil at the connection's end.
    func line() throws -> String? {
        let deadline = ContinuousClock.now + Self.timeout
        while true {
            if let end = received[readCount...].firstIndex(of: 0x0A) {
                var line = received[readCount..<end]
                if line.last == 0x0D { line.removeLast() }
                defer { forget(upTo: end + 1) }
                return String(decoding: line, as: UTF8.self)
            }
            if isAtEnd { return nil }
            try receive(until: deadline)
        }
    }

    /// The next bytes; nil if the connection ends before them.
    func bytes(_ count: Int) throws -> [UInt8]? {
        let deadline = ContinuousClock.now + Self.timeout
        while received.count - readCount < count, !isAtEnd { try receive(until: deadline) }
        guard received.count - readCount >= count else { return nil }
        defer { forget(upTo: readCount + count) }
        return Array(received[readCount..<readCount + count])
    }

    /// What is read in small pieces is removed in large ones.
    private func forget(upTo end: Int) {
        readCount = end
        guard readCount == received.count || readCount > 65_536 else { return }
        received.removeFirst(readCount)
        readCount = 0
    }

    /// Waits until something has come, and leaves it for ``response(to:)``.
    func waitForBytes() throws {
        let deadline = ContinuousClock.now + Self.timeout
        while received.isEmpty, !isAtEnd { try receive(until: deadline) }
    }

    /// Everything up to the end of the connection.
    func bytesUntilClosed() throws -> [UInt8] {
        let deadline = ContinuousClock.now + Self.timeout
        while !isAtEnd { try receive(until: deadline) }
        defer {
            received = []
            readCount = 0
        }
        return Array(received[readCount...])
    }

    private func receive(until deadline: ContinuousClock.Instant) throws {
        let left = deadline - ContinuousClock.now
        guard left > .zero else { throw TestFailure("no answer within \(Self.timeout)") }
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let ready = Glibc.poll(&poll, 1, Int32((left / .milliseconds(1)).rounded(.up)))
        guard ready > 0 else { return }
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        if count > 0 {
            received += chunk[..<count]
        } else if count == 0 || errno == ECONNRESET {
            isAtEnd = true
        } else if errno != EINTR {
            throw TestFailure("recv: \(String(cString: strerror(errno)))")
        }
    }
}
