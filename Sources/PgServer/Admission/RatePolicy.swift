/// One row of `api.catalog_rate_policies()`: how many requests of a class one subject may make.
///
/// Its identity is the whole row: counters outlive a reload of the catalog exactly if their row has not changed.
struct RatePolicy: Hashable, Sendable {
    enum Kind: String, Sendable { case bucket, window }

    var dialect: String
    var rateClass: String
    /// The claim whose value is counted, such as `tenant_id`, or ``addressSubject``.
    var subject: String
    /// The row applies to callers whose claim of this name has this value; without one, to all others.
    var selectorClaim: String?
    var selectorValue: String?
    var kind: Kind
    var limitCount: Int
    var windowSeconds: Int
    /// For a bucket its capacity; for a window an allowance on top of the limit.
    var burst: Int

    static let addressSubject = "address"
    static let windowSecondsMax = 31 * 24 * 3600
    static let countMax = 1_000_000_000
}
