/// The claims of a token whose signature and times have been checked.
struct Claims: Sendable {
    let members: ClaimsReader
    /// The first unix second at which the token is refused: its `exp` plus the leeway. Whoever keeps a verified token
    /// uses this number, so that a kept token and a fresh one end together.
    let refusedFrom: Int64
}
