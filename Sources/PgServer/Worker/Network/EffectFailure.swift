/// Why an effect had no result, as the outcome's member `error` tells SQL.
struct EffectFailure: Error, Equatable, Sendable {
    /// What SQL decides by. Those of the first group cannot come right by themselves.
    enum Code: String, Sendable, CaseIterable {
        case invalidRequest = "invalid_request"
        case addressNotAllowed = "address_not_allowed"
        case redirectRefused = "redirect_refused"
        case tooLarge = "too_large"
        case mailNotConfigured = "mail_not_configured"
        case authenticationFailed = "authentication_failed"
        case rejected = "rejected"

        case nameNotResolved = "name_not_resolved"
        case connectFailed = "connect_failed"
        case connectionLost = "connection_lost"
        case tlsFailed = "tls_failed"
        case malformedResponse = "malformed_response"
        case timeout = "timeout"
        case temporaryFailure = "temporary_failure"
        case overloaded = "overloaded"
        case cancelled = "cancelled"
    }

    let code: Code
    /// A sentence for a person. Holds neither a secret nor an address that was refused.
    let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
