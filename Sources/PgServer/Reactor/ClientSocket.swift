internal import CLinux
internal import COpenSSL
internal import Glibc

/// A client's socket, in clear or under TLS; closed when its owner lets go of it.
///
/// OpenSSL reads one record at a time and nothing ahead, and a read takes all of a record: what has not been read is in
/// the kernel, where the loop's watch sees it.
struct ClientSocket: ~Copyable {
    /// What a step of a handshake came to.
    enum HandshakeStep {
        case done
        case wantsRead
        case wantsWrite
        /// The client speaks in clear. It can be answered so.
        case clear
        case failed
    }

    let descriptor: Int32
    /// Nil in clear, and once our side has said that nothing follows.
    private var session: OpaquePointer?
    private(set) var isHandshaking: Bool
    /// Whether what came last is waiting for room to write before anything can be read (a key update of TLS 1.3).
    private(set) var readsWhenWritable = false
    /// Whether bytes were given to ``send(_:)`` that TLS has taken and the kernel has not: they must be given again.
    private(set) var owesBytes = false
    /// Whether the session may still send a farewell.
    private var isUsable = false

    /// - Returns: nil if there is no memory for a session.
    init?(_ socket: consuming Descriptor, under tls: ServerTLS?) {
        guard let tls else {
            descriptor = socket.release()
            session = nil
            isHandshaking = false
            return
        }
        guard let session = SSL_new(tls.raw) else {
            ERR_clear_error()
            return nil
        }
        guard SSL_set_fd(session, socket.rawValue) == 1 else {
            SSL_free(session)
            ERR_clear_error()
            return nil
        }
        SSL_set_accept_state(session)
        descriptor = socket.release()
        self.session = session
        isHandshaking = true
    }

    deinit {
        if let session {
            Self.end(session, withFarewell: isUsable)
        }
        close(descriptor)
    }

    var isSecure: Bool { session != nil }

    // MARK: The handshake

    /// Goes on with the handshake.
    mutating func handshake() -> HandshakeStep {
        guard let session else { return .failed }
        if SSL_in_before(session) == 1 {
            switch firstByte() {
            case .some(Self.handshakeRecord): break
            case .some:
                isHandshaking = false
                SSL_free(session)
                self.session = nil
                return .clear
            case .none: return errno == EAGAIN || errno == EINTR ? .wantsRead : .failed
            }
        }
        ERR_clear_error()
        let result = SSL_do_handshake(session)
        if result == 1 {
            isHandshaking = false
            isUsable = true
            return .done
        }
        switch SSL_get_error(session, result) {
        case SSL_ERROR_WANT_READ: return .wantsRead
        case SSL_ERROR_WANT_WRITE: return .wantsWrite
        default:
            ERR_clear_error()
            return .failed
        }
    }

    /// The type of the first record of every TLS connection (RFC 8446 §5.1).
    private static let handshakeRecord: UInt8 = 22

    /// Looks at the first byte and leaves it there.
    private func firstByte() -> UInt8? {
        var byte: UInt8 = 0
        errno = 0
        return recv(descriptor, &byte, 1, Int32(MSG_PEEK)) == 1 ? byte : nil
    }

    // MARK: Bytes

    /// - Parameter buffer: under TLS, with room for a record: 16 KiB or more.
    mutating func receive(into buffer: UnsafeMutableRawBufferPointer) -> Socket.Outcome {
        guard let session else { return Socket.receive(from: descriptor, into: buffer) }
        ERR_clear_error()
        let count = SSL_read(session, buffer.baseAddress, Int32(clamping: buffer.count))
        readsWhenWritable = false
        if count > 0 { return .bytes(Int(count)) }
        switch SSL_get_error(session, count) {
        case SSL_ERROR_WANT_READ: return .wouldBlock
        case SSL_ERROR_WANT_WRITE:
            readsWhenWritable = true
            return .wouldBlock
        case SSL_ERROR_ZERO_RETURN: return .closed
        default:
            isUsable = false
            return .closed
        }
    }

    /// After `.wouldBlock` under TLS the same bytes have to be given again, perhaps with others behind them.
    mutating func send(_ bytes: UnsafeRawBufferPointer) -> Socket.Outcome {
        guard let session else { return Socket.send(bytes, to: descriptor) }
        guard !bytes.isEmpty else { return .bytes(0) }
        ERR_clear_error()
        let count = SSL_write(session, bytes.baseAddress, Int32(clamping: bytes.count))
        owesBytes = false
        if count > 0 { return .bytes(Int(count)) }
        if SSL_get_error(session, count) == SSL_ERROR_WANT_WRITE {
            owesBytes = true
            return .wouldBlock
        }
        // To write after having read happens only to who leaves a message of the handshake half sent. Waiting for it
        // while the socket is writable would spin.
        isUsable = false
        return .closed
    }

    /// Tells the peer that nothing more will be sent, while what it still sends can be read, as it comes, and thrown
    /// away.
    mutating func finishSending() {
        if let session {
            Self.end(session, withFarewell: isUsable)
            self.session = nil
        }
        Socket.finishSending(descriptor)
    }

    /// Without waiting for the peer's own farewell.
    private static func end(_ session: OpaquePointer, withFarewell: Bool) {
        if withFarewell { SSL_shutdown(session) }
        SSL_free(session)
        ERR_clear_error()
    }
}
