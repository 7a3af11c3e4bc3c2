/// What a client did against RFC 6455. Each fails the connection (§7.1.7).
enum WebSocketError: Error, Equatable, Sendable, CaseIterable {
    /// A reserved bit is set, and no extension gave it a meaning (§5.2).
    case reservedBits
    case reservedOpcode
    /// A frame of a client without a mask (§5.1).
    case unmaskedFrame
    /// A length in more bytes than it needs, or with its highest bit set (§5.2).
    case malformedLength
    /// A control frame of more than 125 bytes (§5.5).
    case controlFrameTooLong
    case fragmentedControlFrame
    /// A continuation without a message that it continues (§5.4).
    case unexpectedContinuation
    /// A new message before the last one's final frame (§5.4).
    case unfinishedMessage
    case messageTooBig
    case malformedText
    /// A close frame of one byte (§5.5.1).
    case malformedClose
    /// A close code that must not be sent (§7.4).
    case forbiddenCloseCode
    case malformedCloseReason

    var closeCode: WebSocketCloseCode {
        switch self {
        case .messageTooBig: .messageTooBig
        case .malformedText, .malformedCloseReason: .invalidPayload
        case .reservedBits, .reservedOpcode, .unmaskedFrame, .malformedLength, .controlFrameTooLong,
            .fragmentedControlFrame, .unexpectedContinuation, .unfinishedMessage, .malformedClose, .forbiddenCloseCode:
            .protocolError
        }
    }

    /// The close frame's reason.
    var reason: String {
        switch self {
        case .reservedBits: "A reserved bit is set."
        case .reservedOpcode: "The opcode is reserved."
        case .unmaskedFrame: "The frame is not masked."
        case .malformedLength: "The length is not written in the shortest form."
        case .controlFrameTooLong: "The control frame is longer than 125 bytes."
        case .fragmentedControlFrame: "The control frame is fragmented."
        case .unexpectedContinuation: "There is no message to continue."
        case .unfinishedMessage: "The message before is not finished."
        case .messageTooBig: "The message is too big."
        case .malformedText: "The text is not UTF-8."
        case .malformedClose: "The close frame has half a code."
        case .forbiddenCloseCode: "The close code must not be sent."
        case .malformedCloseReason: "The close reason is not UTF-8."
        }
    }
}
