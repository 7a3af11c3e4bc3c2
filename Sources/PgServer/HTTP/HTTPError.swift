/// Why bytes are not a request we serve, or a response is not one we send.
///
/// Every error of ``RequestParser`` closes the connection once it is answered: where the next request begins can no
/// longer be known, or the client has been told not to go on.
enum HTTPError: Error, Equatable, Sendable, CaseIterable {
    /// Not method, space, target, space, version and CRLF, with nothing else between (RFC 9112 §3).
    case malformedRequestLine
    /// Neither `/path`, nor an absolute `http` URI without user information, nor `*` with OPTIONS (RFC 9112 §3.2).
    case malformedTarget
    /// Not a token, a colon, a value without control characters and CRLF (RFC 9112 §5).
    case malformedField
    /// A line that begins with white space: in front of the first field or an obsolete fold (RFC 9112 §2.2, §5.2).
    case foldedField
    /// A field that may stand only once stands twice, so that two readers could choose differently (RFC 9110 §5.3).
    case repeatedField
    /// No `Host` field in HTTP/1.1, two of them, or not a host with an optional port (RFC 9112 §3.2).
    case invalidHost
    /// Not decimal digits, too large a number, or stated more than once, even if equal (RFC 9112 §6.3).
    case invalidContentLength
    /// A list of codings that is not one `chunked`, or any in HTTP/1.0 (RFC 9112 §6.1).
    case invalidTransferEncoding
    /// `Transfer-Encoding` and `Content-Length` together (RFC 9112 §6.3).
    case conflictingFraming
    /// A chunk without its size, its CRLF or within its bound for extensions (RFC 9112 §7.1).
    case malformedChunk
    case bodyTooLarge
    case requestLineTooLong
    /// A field line, the number of fields, the whole head or the trailers are over their limit.
    case headTooLarge
    case unsupportedExpectation
    case unsupportedMethod
    /// A transfer coding that exists, but not here (RFC 9112 §6.1).
    case unsupportedTransferCoding
    case unsupportedVersion
    /// A response of ours with a status, field name or field value that must not reach the wire (RFC 9112 §11.1).
    case invalidResponse

    /// The status of the answer.
    var status: Int {
        switch self {
        case .malformedRequestLine, .malformedTarget, .malformedField, .foldedField, .repeatedField, .invalidHost,
            .invalidContentLength, .invalidTransferEncoding, .conflictingFraming, .malformedChunk:
            400
        case .bodyTooLarge: 413
        case .requestLineTooLong: 414
        case .unsupportedExpectation: 417
        case .headTooLarge: 431
        case .invalidResponse: 500
        case .unsupportedMethod, .unsupportedTransferCoding: 501
        case .unsupportedVersion: 505
        }
    }

    /// The server's own code for ``status``, which a dialect turns into the code that its contract states.
    var code: String {
        switch self {
        case .malformedRequestLine, .malformedTarget, .malformedField, .foldedField, .repeatedField, .invalidHost,
            .invalidContentLength, .invalidTransferEncoding, .conflictingFraming, .malformedChunk:
            "malformed_request"
        case .bodyTooLarge: "too_large"
        case .requestLineTooLong: "uri_too_long"
        case .unsupportedExpectation: "expectation_failed"
        case .headTooLarge: "header_too_large"
        case .invalidResponse: "internal"
        case .unsupportedMethod, .unsupportedTransferCoding: "not_supported"
        case .unsupportedVersion: "http_version"
        }
    }
}
