/// The failures the server itself can raise. Each dialect must have a row for every one of them.
enum ProblemCode: String, CaseIterable, Sendable {
    case malformedRequest = "malformed_request"
    case invalid
    case unauthenticated
    case sessionEnded = "session_ended"
    case invalidCredentials = "invalid_credentials"
    case forbidden
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    case requestTimeout = "request_timeout"
    case conflict
    case idempotencyInFlight = "idempotency_in_flight"
    case lengthRequired = "length_required"
    case tooLarge = "too_large"
    case uriTooLong = "uri_too_long"
    case unsupportedMediaType = "unsupported_media_type"
    case expectationFailed = "expectation_failed"
    case idempotencyKeyReused = "idempotency_key_reused"
    case upgradeRequired = "upgrade_required"
    case rateLimited = "rate_limited"
    case headerTooLarge = "header_too_large"
    case `internal`
    case notSupported = "not_supported"
    case badGateway = "bad_gateway"
    case unavailable
    case tryAgain = "try_again"
    case tooSlow = "too_slow"
    case httpVersion = "http_version"

    /// The status of a problem before a dialect has had its say.
    var status: Int {
        switch self {
        case .malformedRequest, .invalid: 400
        case .unauthenticated, .sessionEnded, .invalidCredentials: 401
        case .forbidden: 403
        case .notFound: 404
        case .methodNotAllowed: 405
        case .requestTimeout: 408
        case .conflict, .idempotencyInFlight: 409
        case .lengthRequired: 411
        case .tooLarge: 413
        case .uriTooLong: 414
        case .unsupportedMediaType: 415
        case .expectationFailed: 417
        case .idempotencyKeyReused: 422
        case .upgradeRequired: 426
        case .rateLimited: 429
        case .headerTooLarge: 431
        case .internal: 500
        case .notSupported: 501
        case .badGateway: 502
        case .unavailable, .tryAgain: 503
        case .tooSlow: 504
        case .httpVersion: 505
        }
    }

    /// The code whose public name stands in for a raised code that a dialect does not know.
    init(genericFor status: Int) {
        switch status {
        case 400, 422: self = .invalid
        case 401: self = .unauthenticated
        case 403: self = .forbidden
        case 404, 410: self = .notFound
        case 405: self = .methodNotAllowed
        case 408: self = .requestTimeout
        case 409, 412, 423: self = .conflict
        case 411: self = .lengthRequired
        case 413: self = .tooLarge
        case 414: self = .uriTooLong
        case 415: self = .unsupportedMediaType
        case 417: self = .expectationFailed
        case 426: self = .upgradeRequired
        case 429: self = .rateLimited
        case 431: self = .headerTooLarge
        case 501: self = .notSupported
        case 502: self = .badGateway
        case 503: self = .unavailable
        case 504: self = .tooSlow
        case 505: self = .httpVersion
        case 500...: self = .internal
        default: self = .malformedRequest
        }
    }

    /// The sentence of last resort: neither the one who raised the problem nor the dialect had one.
    var sentence: String {
        switch self {
        case .malformedRequest: "The request could not be read."
        case .invalid: "The request is not valid."
        case .unauthenticated: "Authentication is required."
        case .sessionEnded: "The session has ended."
        case .invalidCredentials: "The credentials are not valid."
        case .forbidden: "You may not do this."
        case .notFound: "Not found."
        case .methodNotAllowed: "This method is not allowed here."
        case .requestTimeout: "The request took too long to arrive."
        case .conflict: "This conflicts with what is already there."
        case .idempotencyInFlight: "A request with this Idempotency-Key is being carried out."
        case .lengthRequired: "The request needs a Content-Length."
        case .tooLarge: "The request body is too large."
        case .uriTooLong: "The request target is too long."
        case .unsupportedMediaType: "This media type is not supported here."
        case .expectationFailed: "The expectation cannot be met."
        case .idempotencyKeyReused: "This Idempotency-Key was used for another request."
        case .upgradeRequired: "This path needs an upgraded connection."
        case .rateLimited: "Too many requests."
        case .headerTooLarge: "The request header is too large."
        case .internal: "Something went wrong on our side."
        case .notSupported: "This is not supported."
        case .badGateway: "Another service gave no usable answer."
        case .unavailable: "The service is not available right now."
        case .tryAgain: "The request could not be completed just now. Please try again."
        case .tooSlow: "The request took too long."
        case .httpVersion: "This version of HTTP is not supported."
        }
    }
}
