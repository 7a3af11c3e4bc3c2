/// Why a WebSocket connection ends (RFC 6455 §7.4 and the registry it founded).
struct WebSocketCloseCode: RawRepresentable, Hashable, Sendable {
    let rawValue: UInt16

    static let normal = Self(rawValue: 1000)
    /// The server stops, or the page was left.
    static let goingAway = Self(rawValue: 1001)
    static let protocolError = Self(rawValue: 1002)
    /// A kind of message that is not taken here.
    static let unsupportedData = Self(rawValue: 1003)
    /// Data that is not of the message's type, such as text that is no UTF-8.
    static let invalidPayload = Self(rawValue: 1007)
    static let policyViolation = Self(rawValue: 1008)
    static let messageTooBig = Self(rawValue: 1009)
    static let internalError = Self(rawValue: 1011)
    static let serviceRestart = Self(rawValue: 1012)
    /// The server is overloaded, or the client read too slowly; it may come back.
    static let tryAgainLater = Self(rawValue: 1013)

    /// Whether a frame may hold it: registered for the wire, or left to libraries (3000 on) and applications (4000 on).
    ///
    /// 1005, 1006 and 1015 only tell a program that there was no code; 1004 has never got a meaning.
    var isAllowedInFrame: Bool {
        switch rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
