/// Lets a job's reports of progress through at a bounded rate: the first at once, then the latest of each interval.
struct ProgressGate {
    static let interval = Duration.milliseconds(250)

    private var passedAt: ContinuousClock.Instant?
    private var held: String?

    /// Takes a report.
    ///
    /// - Returns: when to ask for it with ``take(at:)``; nil if somebody asks already.
    mutating func offer(_ report: String, at now: ContinuousClock.Instant) -> Duration? {
        let isAwaited = held != nil
        held = report
        guard !isAwaited else { return nil }
        guard let passedAt else { return .zero }
        return max(.zero, passedAt + Self.interval - now)
    }

    /// The latest report, if there is a new one.
    mutating func take(at now: ContinuousClock.Instant) -> String? {
        guard let report = held else { return nil }
        held = nil
        passedAt = now
        return report
    }
}
