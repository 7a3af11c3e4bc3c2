/// One subject under one installed policy.
struct RateKey: Hashable, Sendable {
    var policyID: UInt32
    var subject: RateSubject
}
