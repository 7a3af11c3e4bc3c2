/// Why a request does not open a WebSocket (RFC 6455 §4.2.1).
enum WebSocketHandshakeError: Error, Equatable, Sendable, CaseIterable {
    case notGet
    /// No `Connection: upgrade`, no `Upgrade: websocket`, or HTTP/1.0: an ordinary request for a WebSocket's path.
    case notUpgrade
    /// Not version 13, once.
    case unsupportedVersion
    /// Not 16 bytes in base64, once.
    case malformedKey
    /// Not a list of tokens that differ, or more than ``WebSocketHandshake/subprotocolCountMax``.
    case malformedSubprotocols
    /// A body could not be told from frames.
    case hasBody

    /// The status of the answer.
    var status: Int {
        switch self {
        case .notGet: 405
        case .notUpgrade, .unsupportedVersion: 426
        case .malformedKey, .malformedSubprotocols, .hasBody: 400
        }
    }

    /// What the answer must say besides (RFC 6455 §4.2.2; RFC 9110 §15.5.6, §15.5.22).
    var fields: [(name: StaticString, value: StaticString)] {
        switch self {
        case .notGet: [("Allow", "GET")]
        case .notUpgrade, .unsupportedVersion:
            [("Sec-WebSocket-Version", "13"), ("Upgrade", "websocket"), ("Connection", "Upgrade")]
        case .malformedKey, .malformedSubprotocols, .hasBody: []
        }
    }

    /// What is wrong, for a person.
    var sentence: String {
        switch self {
        case .notGet: "A WebSocket is opened with GET."
        case .notUpgrade: "This path is a WebSocket: Connection: Upgrade and Upgrade: websocket are missing."
        case .unsupportedVersion: "Sec-WebSocket-Version must be 13."
        case .malformedKey: "Sec-WebSocket-Key must be 16 bytes in base64."
        case .malformedSubprotocols: "Sec-WebSocket-Protocol must be a list of at most 16 different tokens."
        case .hasBody: "A request that opens a WebSocket has no body."
        }
    }
}
