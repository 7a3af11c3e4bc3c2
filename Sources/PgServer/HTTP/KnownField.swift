/// A request field the server itself reads. Its place is noted while parsing, so that finding it later is free.
enum KnownField: UInt8, Sendable, CaseIterable {
    case accept, authorization, connection, contentLength, contentType, expect, forwarded, host, idempotencyKey
    case ifNoneMatch, lastEventID, origin, traceparent, transferEncoding, upgrade, xAPIKey, xForwardedFor, xRequestID

    /// The field of that name in any case, or nil.
    ///
    /// - Parameter name: A token. What else a byte could be, the folding of case does not tell apart.
    @inline(__always)
    init?(name: Span<UInt8>) {
        switch name.count {
        case 4: if name.isToken("host") { self = .host } else { return nil }
        case 6:
            if name.isToken("accept") {
                self = .accept
            } else if name.isToken("origin") {
                self = .origin
            } else if name.isToken("expect") {
                self = .expect
            } else {
                return nil
            }
        case 7: if name.isToken("upgrade") { self = .upgrade } else { return nil }
        case 9:
            if name.isToken("x-api-key") {
                self = .xAPIKey
            } else if name.isToken("forwarded") {
                self = .forwarded
            } else {
                return nil
            }
        case 10: if name.isToken("connection") { self = .connection } else { return nil }
        case 11: if name.isToken("traceparent") { self = .traceparent } else { return nil }
        case 12:
            if name.isToken("content-type") {
                self = .contentType
            } else if name.isToken("x-request-id") {
                self = .xRequestID
            } else {
                return nil
            }
        case 13:
            if name.isToken("authorization") {
                self = .authorization
            } else if name.isToken("if-none-match") {
                self = .ifNoneMatch
            } else if name.isToken("last-event-id") {
                self = .lastEventID
            } else {
                return nil
            }
        case 14: if name.isToken("content-length") { self = .contentLength } else { return nil }
        case 15:
            if name.isToken("x-forwarded-for") {
                self = .xForwardedFor
            } else if name.isToken("idempotency-key") {
                self = .idempotencyKey
            } else {
                return nil
            }
        case 17: if name.isToken("transfer-encoding") { self = .transferEncoding } else { return nil }
        default: return nil
        }
    }

    /// What a second field of this name makes of the request; nil where several are one list or the first is taken.
    var errorWhenRepeated: HTTPError? {
        switch self {
        case .host: .invalidHost
        case .contentLength: .invalidContentLength
        case .transferEncoding: .invalidTransferEncoding
        case .authorization, .contentType, .expect, .idempotencyKey, .lastEventID, .origin, .xAPIKey: .repeatedField
        case .accept, .connection, .forwarded, .ifNoneMatch, .traceparent, .upgrade, .xForwardedFor, .xRequestID: nil
        }
    }
}
