/// The life of one WebSocket connection behind its handshake, without its socket (RFC 6455 §5 to §7).
///
///     open ──client's close or failure──▶ peerEnded ──close()──▶ finished
///      └─────close()──▶ closing ──client's close or failure────────▲
///
/// The bytes of a socket go in, in any pieces, and are always read to their end; what they mean comes out:
///
///     var position = 0
///     while let event = session.next(in: bytes, at: &position) {
///         switch event {
///         case .ping(let payload): WebSocketFrame.append(.pong, payload.span, to: &output)
///         case .close(let code, _): session.close(code, to: &output)
///         case .failure(let error): session.close(error.closeCode, reason: error.reason, to: &output)
///         …
///     }
///     if session.isFinished { /* send the output, then end the connection */ }
///
/// An idle session owns no memory of its own.
struct WebSocketSession: Sendable {
    private var parser = WebSocketFrameParser()
    private var assembler: WebSocketMessageAssembler
    /// Whether the client's close frame was read, or a failure: what follows is thrown away.
    private(set) var hasPeerEnded = false
    /// Whether our close frame is written: nothing may be sent behind it.
    private(set) var isClosing = false

    /// - Parameters:
    ///   - messageByteCountMax: Largest message of the client, over all its frames.
    ///   - keepsMessages: Whether the client's texts and binaries are reported. If not, they are checked and dropped,
    ///     so that no client can make the server hold them.
    init(messageByteCountMax: Int, keepsMessages: Bool) {
        assembler = WebSocketMessageAssembler(messageByteCountMax: messageByteCountMax, keepsMessages: keepsMessages)
    }

    /// Whether both sides have said goodbye, so that the connection may end once the output is sent.
    var isFinished: Bool { hasPeerEnded && isClosing }

    /// Reads on from `position` and moves it past what was read. Those bytes are changed, the ones behind are not: a
    /// caller whose output is full may stop between two events and hand in the rest later.
    ///
    /// Once our close frame is written, only the client's is reported, and what breaks the protocol.
    ///
    /// - Returns: The next event, or nil when all the bytes are read.
    mutating func next(in bytes: UnsafeMutableRawBufferPointer, at position: inout Int) -> WebSocketEvent? {
        do throws(WebSocketError) {
            while !hasPeerEnded, let piece = try parser.next(in: bytes, at: &position) {
                guard let event = try assembler.take(piece, of: UnsafeRawBufferPointer(bytes)) else { continue }
                if case .close = event {
                    hasPeerEnded = true
                } else if isClosing {
                    continue
                }
                return event
            }
        } catch {
            hasPeerEnded = true
            return .failure(error)
        }
        position = bytes.count
        return nil
    }

    /// Writes our close frame, unless it has been written.
    ///
    /// - Parameters:
    ///   - code: Nil for a frame without one, as the answer to such a frame.
    ///   - reason: For a person; at most ``WebSocketFrame/reasonByteCountMax`` bytes of it are sent.
    mutating func close(_ code: WebSocketCloseCode?, reason: String = "", to output: inout [UInt8]) {
        guard !isClosing else { return }
        isClosing = true
        WebSocketFrame.appendClose(code, reason: reason, to: &output)
    }
}
