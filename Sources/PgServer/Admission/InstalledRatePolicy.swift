/// A policy in force, with the number its counters are filed under.
final class InstalledRatePolicy: Sendable {
    let policy: RatePolicy
    let rule: RateRule
    /// Never used again for another row.
    let id: UInt32
    /// Counts all subjects together for whom the registry has no room left.
    let overflow = RateCell()

    init(_ policy: RatePolicy, id: UInt32) throws(AdmissionError) {
        self.policy = policy
        self.rule = try RateRule(policy)
        self.id = id
    }
}
