/// What a client says over a WebSocket.
enum WebSocketEvent: Equatable, Sendable {
    case text([UInt8])
    case binary([UInt8])
    /// To be answered with a pong of the same bytes.
    case ping([UInt8])
    case pong([UInt8])
    /// The client says goodbye, or answers ours. Nothing comes after it.
    case close(WebSocketCloseCode?, reason: [UInt8])
    /// The client broke the protocol. The connection is to be closed with the error's code; nothing comes after it.
    case failure(WebSocketError)
}
