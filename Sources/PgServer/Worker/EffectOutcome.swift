/// How an effect ended, as SQL reads it: failures are members of the object, never a missing outcome.
struct EffectOutcome: Sendable {
    /// A JSON object in UTF-8.
    let json: [UInt8]
}
