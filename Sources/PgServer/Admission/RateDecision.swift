/// Whether one request may pass, and what its `X-RateLimit-*` and `Retry-After` fields say.
struct RateDecision: Equatable, Sendable {
    var isAllowed: Bool
    /// `X-RateLimit-Limit`: the stated rate, without any burst.
    var limit: Int
    /// `X-RateLimit-Remaining`: requests that would pass right now, but never more than `limit`. At 0 the next one is
    /// refused.
    var remaining: Int
    /// `X-RateLimit-Reset`: when the window ends, or when the bucket is full again.
    var resetUnixSeconds: Int64
    /// `Retry-After`: 0 if the request may pass, else at least 1.
    var retryAfterSeconds: Int
}
