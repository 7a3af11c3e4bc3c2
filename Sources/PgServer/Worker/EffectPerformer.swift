/// Performs effects of a kind, away from the worker's thread.
///
/// The worker bounds how many run at once. It waits no longer than the effect's timeout and a little grace.
protocol EffectPerformer: Sendable {
    /// Begins to perform an effect. `completion` is called once, on any thread, possibly before this returns.
    ///
    /// - Returns: what gives the effect up early.
    func perform(
        _ effect: Effect, completion: @escaping @Sendable (EffectOutcome) -> Void
    ) -> any EffectHandle
}

/// An effect under way.
protocol EffectHandle: Sendable {
    /// Gives the effect up, as far as it has not been sent. Its completion is called all the same, with an outcome that
    /// names the error `cancelled`, unless it ended in another way first. May be called at any time and more than once.
    func cancel()
}
