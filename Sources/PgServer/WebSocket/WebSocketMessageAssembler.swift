/// Puts the pieces of frames together to messages, and checks them as they come (RFC 6455 §5.4, §5.5, §8.1).
///
/// A message that is too big is refused when its frame says so, text at the first byte that is no UTF-8: neither is
/// waited for. Holds one message, of `messageByteCountMax` at most, one control frame, and nothing between messages.
struct WebSocketMessageAssembler: Sendable {
    private enum Kind { case text, binary }

    /// Largest message, whatever the number of its frames.
    let messageByteCountMax: Int
    /// Whether data messages are wanted. If not, they are checked all the same, but neither held nor reported.
    let keepsMessages: Bool
    /// What the frames until the final one are parts of.
    private var kind: Kind?
    private var messageByteCount = 0
    private var message: [UInt8] = []
    private var control: [UInt8] = []
    private var text = UTF8Validator()

    init(messageByteCountMax: Int, keepsMessages: Bool) {
        precondition(messageByteCountMax >= 0)
        self.messageByteCountMax = messageByteCountMax
        self.keepsMessages = keepsMessages
    }

    /// Takes the next piece; `bytes` are those its payload is a range of.
    ///
    /// - Returns: What it completes, if it does.
    mutating func take(
        _ piece: WebSocketFrameParser.Piece, of bytes: UnsafeRawBufferPointer
    ) throws(WebSocketError) -> WebSocketEvent? {
        let payload = UnsafeRawBufferPointer(rebasing: bytes[piece.payload])
        if piece.opcode.isControl {
            control.append(contentsOf: payload)
            return piece.isEnd ? try finishControl(piece.opcode) : nil
        }
        if piece.isStart { try begin(piece) }
        if kind == .text {
            guard text.accepts(payload) else { throw .malformedText }
        }
        if keepsMessages { message.append(contentsOf: payload) }
        return piece.isEnd && piece.isFinal ? try finishMessage() : nil
    }

    private mutating func begin(_ piece: WebSocketFrameParser.Piece) throws(WebSocketError) {
        switch piece.opcode {
        case .text, .binary:
            guard kind == nil else { throw .unfinishedMessage }
            kind = piece.opcode == .text ? .text : .binary
        case .continuation:
            guard kind != nil else { throw .unexpectedContinuation }
        case .close, .ping, .pong:
            preconditionFailure("control frames are no part of a message")
        }
        guard piece.payloadByteCount <= messageByteCountMax - messageByteCount else { throw .messageTooBig }
        messageByteCount += piece.payloadByteCount
    }

    private mutating func finishMessage() throws(WebSocketError) -> WebSocketEvent? {
        guard text.isComplete else { throw .malformedText }
        defer {
            kind = nil
            messageByteCount = 0
            message = []
        }
        guard keepsMessages else { return nil }
        return kind == .text ? .text(message) : .binary(message)
    }

    private mutating func finishControl(_ opcode: WebSocketOpcode) throws(WebSocketError) -> WebSocketEvent? {
        defer { control = [] }
        switch opcode {
        case .ping: return .ping(control)
        case .pong: return .pong(control)
        case .close: return try close()
        case .continuation, .text, .binary: preconditionFailure("not a control frame")
        }
    }

    /// §5.5.1: nothing, or a code and perhaps a reason.
    private func close() throws(WebSocketError) -> WebSocketEvent {
        guard !control.isEmpty else { return .close(nil, reason: []) }
        guard control.count >= 2 else { throw .malformedClose }
        let code = WebSocketCloseCode(rawValue: UInt16(control[0]) << 8 | UInt16(control[1]))
        guard code.isAllowedInFrame else { throw .forbiddenCloseCode }
        let reason = Array(control[2...])
        var text = UTF8Validator()
        guard reason.withUnsafeBytes({ text.accepts($0) }), text.isComplete else { throw .malformedCloseReason }
        return .close(code, reason: reason)
    }
}
