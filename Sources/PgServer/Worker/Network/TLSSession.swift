import COpenSSL

/// One TLS connection over a socket that does not wait, as its client. The certificate has to name the host.
struct TLSSession: ~Copyable {
    /// What a step needs before it can be taken again.
    enum Outcome: Equatable {
        case bytes(Int)
        case wantsRead
        case wantsWrite
        /// The peer said that nothing follows.
        case ended
        case failed
    }

    private let raw: OpaquePointer
    private var isUsable = false

    /// - Parameters:
    ///   - descriptor: outlives the session.
    ///   - host: a name, or an address, as the certificate must have it.
    init?(_ context: TLSContext, over descriptor: Int32, host: String) {
        defer { ERR_clear_error() }
        guard let raw = SSL_new(context.raw) else { return nil }
        let bytes = Array(host.utf8)
        let isNamed: Bool
        if ClientAddress(parsing: bytes.span) != nil {
            isNamed = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(raw), host) == 1
        } else {
            SSL_set_hostflags(raw, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
            var name = Array(host.utf8CString)
            isNamed =
                SSL_set1_host(raw, host) == 1
                && SSL_ctrl(raw, SSL_CTRL_SET_TLSEXT_HOSTNAME, Int(TLSEXT_NAMETYPE_host_name), &name) == 1
        }
        guard isNamed, SSL_set_fd(raw, descriptor) == 1 else {
            SSL_free(raw)
            return nil
        }
        SSL_set_connect_state(raw)
        self.raw = raw
    }

    deinit {
        if isUsable { SSL_shutdown(raw) }  // tells the peer, and waits for no answer
        SSL_free(raw)
        ERR_clear_error()
    }

    /// Goes on with the handshake. `.bytes(0)` when it is done.
    mutating func handshake() -> Outcome {
        let result = SSL_do_handshake(raw)
        isUsable = result == 1
        return result == 1 ? .bytes(0) : outcome(result)
    }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Outcome {
        let count = SSL_read(raw, buffer.baseAddress, Int32(clamping: buffer.count))
        return count > 0 ? .bytes(Int(count)) : outcome(count)
    }

    /// After `.wantsRead` or `.wantsWrite` the same bytes have to be given again.
    mutating func write(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        let count = SSL_write(raw, bytes.baseAddress, Int32(clamping: bytes.count))
        return count > 0 ? .bytes(Int(count)) : outcome(count)
    }

    /// Why the handshake failed: what is wrong with the certificate, or that there is no common ground.
    func handshakeFault() -> String {
        let verdict = SSL_get_verify_result(raw)
        if verdict != Int(X509_V_OK), let text = X509_verify_cert_error_string(verdict) {
            return "The certificate was not accepted: \(String(cString: text))."
        }
        return "The TLS handshake failed."
    }

    private mutating func outcome(_ result: Int32) -> Outcome {
        let error = SSL_get_error(raw, result)
        ERR_clear_error()
        switch error {
        case SSL_ERROR_WANT_READ: return .wantsRead
        case SSL_ERROR_WANT_WRITE: return .wantsWrite
        case SSL_ERROR_ZERO_RETURN: return .ended
        default:
            isUsable = false  // after such an error not even a farewell may be sent
            return .failed
        }
    }
}
