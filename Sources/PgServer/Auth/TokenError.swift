/// Why a bearer token was refused. Each case becomes `unauthenticated` for the client; the case itself is for the log.
enum TokenError: Error, Equatable, Sendable {
    /// Longer than the verifier accepts.
    case tooLong
    /// Not three base64url parts, or a part that is not one strict JSON object.
    case malformed
    /// `alg` is none, unknown, or not the algorithm of the key.
    case unsupportedAlgorithm
    /// `typ` says that this is something other than a JWT.
    case unsupportedType
    /// The token demands an extension (`crit`, RFC 7515 §4.1.11); none is implemented.
    case criticalHeader
    /// No key of that `kid`, or no `kid` and not exactly one key of that algorithm.
    case unknownKey
    case badSignature
    /// A claim is missing or is not of its type.
    case invalidClaims
    case expired
    /// `nbf` lies in the future.
    case notYetValid
    /// `iat` lies in the future.
    case issuedInFuture
    case wrongIssuer
    case wrongAudience
}
