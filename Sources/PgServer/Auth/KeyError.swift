/// Why key material was refused or could not be used: an operator's mistake or an exhausted machine, never a client's.
enum KeyError: Error, Equatable, Sendable {
    /// Not PEM of the expected kind, or not base64.
    case unreadable
    /// A readable key of another type, curve or size than the algorithm asks for.
    case unsuitable
    /// Fewer bytes than RFC 7518 §3.2 asks for, or more than we keep.
    case badSecretLength
    /// A key id that is empty, too long or not plain printable ASCII.
    case invalidID
    case duplicateID
    case tooManyKeys
    /// Claims so long that our own verifier would refuse the token.
    case claimsTooLong
    /// OpenSSL failed where only memory or entropy can be missing.
    case failed
}
