/// The end of an effect, on its way from the thread that performed it to the worker's.
struct EffectReport: Sendable {
    /// The number it was begun with.
    let number: UInt64
    let outcome: EffectOutcome
}
