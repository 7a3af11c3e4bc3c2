/// How an attempt ended, in SQL's words.
enum JobOutcome: String, CaseIterable, Sendable {
    case completed
    /// It failed and will be tried again.
    case retrying
    /// It failed for the last time and is parked.
    case failed
    case cancelled
    /// The attempt was no longer ours: nothing was done, or all of it was rolled back.
    case lost
}
