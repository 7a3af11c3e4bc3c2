/// A method we serve. Every other well-formed method is answered with 501 (RFC 9110 §9.1).
enum Method: UInt8, Sendable, CaseIterable {
    case get, head, post, put, patch, delete, options

    /// Longest token looked at. A longer one is none of ours, whatever it is.
    static let byteCountMax = 32

    /// - Parameter name: The method as on the wire; case matters.
    init?(_ name: Span<UInt8>) {
        guard name.count <= MemoryLayout<UInt64>.size else { return nil }
        var word: UInt64 = 0
        for index in name.indices { word = word << 8 | UInt64(name[index]) }
        switch word {
        case 0x47_4554: self = .get
        case 0x4845_4144: self = .head
        case 0x504F_5354: self = .post
        case 0x50_5554: self = .put
        case 0x50_4154_4348: self = .patch
        case 0x4445_4C45_5445: self = .delete
        case 0x4F_5054_494F_4E53: self = .options
        default: return nil
        }
    }

    var name: StaticString {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .patch: "PATCH"
        case .delete: "DELETE"
        case .options: "OPTIONS"
        }
    }
}
